/** Id of what an alarm's expression yields: of its metrics none can have it, for ids are unique within an alarm. */
export const ALARM_RESULT = "result";
