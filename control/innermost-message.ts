/** The message of what an error came from in the first place; Temporal wraps it several times. */
export function innermostMessage(error: Error): string {
  return error.cause instanceof Error ? innermostMessage(error.cause) : error.message;
}
