/** The message of the original cause of an error; Temporal wraps it several times. */
export function innermostMessage(error: Error): string {
  return error.cause instanceof Error ? innermostMessage(error.cause) : error.message;
}
