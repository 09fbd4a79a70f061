// Stands in for a function whose code is not delivered yet. It refuses every event with an error, so that Lambda puts
// one of S3 into the function's dead-letter queue, and a message returns to its queue. Queue and schedule are not to
// call it: their mapping and state are off. It never logs an event's content, which may be personal.

/** Refuses the event, whatever it is. */
export async function refuse(event, context) {
  const records = Array.isArray(event?.Records) ? event.Records.length : 1;
  const name = context?.functionName ?? "This function";
  throw new Error(
    `${name} has no code yet and refused ${records} event(s). ` +
      "Set its artifact in the stack's configuration.",
  );
}
