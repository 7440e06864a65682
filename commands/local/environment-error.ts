/** Something around the study that is not as it must be: its message says what, and what to do. No stack is of use. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}
