/** The steps that a command must undo before it exits: all of them, in reverse order, even if some fail. */
export class Teardown {
  readonly #steps: { what: string; undo: () => Promise<void> | void; force: () => void }[] = [];

  /**
   * @param what name of the step in the message if it cannot be undone
   * @param force immediately undoes what would outlive this process
   */
  add(what: string, undo: () => Promise<void> | void, force = () => {}): void {
    this.#steps.push({ what, undo, force });
  }

  /** Immediately undoes what would outlive this process, which is about to exit. */
  force(): void {
    for (const { force } of this.#steps.toReversed()) force();
  }

  /** @throws AggregateError naming each step that failed, after all have been tried */
  async run(): Promise<void> {
    const errors: Error[] = [];
    for (let step = this.#steps.at(-1); step !== undefined; step = this.#steps.at(-1)) {
      try {
        await step.undo();
      } catch (cause) {
        errors.push(new Error(`${step.what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }));
      }
      // Removed only now, so that it could still be forced.
      this.#steps.splice(this.#steps.indexOf(step), 1);
    }
    if (errors.length > 0)
      throw new AggregateError(
        errors,
        `Not everything could be stopped: ${errors.map(({ message }) => message).join('; ')}`,
      );
  }
}
