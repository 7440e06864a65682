/** Returns the message of the original cause of an error, which Temporal wraps several times. */
export function innermostMessage(error: Error): string {
  return error.cause instanceof Error ? innermostMessage(error.cause) : error.message;
}
