/** Configuration of a client of the SDK: throttled calls are tried again, and so is one that gets no answer. Milliseconds. */
export const PATIENT_CLIENT = {
  maxAttempts: 5,
  requestHandler: {
    connectionTimeout: 3000,
    requestTimeout: 10_000,
    // Without it the SDK warns and goes on waiting.
    throwOnRequestTimeout: true,
  },
};
