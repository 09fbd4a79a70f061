"""Stands in for a function whose code is not delivered yet.

It refuses every event with an error, so that Lambda puts one of S3 into the function's dead-letter queue,
and a message returns to its queue. Queue and schedule are not to call it: their mapping and state are off.
It never logs an event's content, which may be personal.
"""


class NoCodeYet(Exception):
    """The function's artifact is not set in the stack's configuration."""


def refuse(event, context):
    """Refuses the event, whatever it is."""
    records = event.get("Records") if isinstance(event, dict) else None
    count = len(records) if isinstance(records, list) else 1
    name = getattr(context, "function_name", "This function")
    raise NoCodeYet(
        f"{name} has no code yet and refused {count} event(s). "
        "Set its artifact in the stack's configuration."
    )
