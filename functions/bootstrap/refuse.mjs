// Stands in for a function whose code is not delivered yet. It refuses every event with an error, so that
// Lambda keeps it in the function's dead-letter queue. Its queue and its schedule do not call it. It never logs an event's content, which may be personal.

/** Refuses the event, whatever it is. */
export async function refuse(event, context) {
  const records = Array.isArray(event?.Records) ? event.Records.length : 1;
  const name = context?.functionName ?? "This function";
  throw new Error(
    `${name} has no code yet and refused ${records} event(s); they are kept. ` +
      "Set its artifact in the stack's configuration.",
  );
}
