/** What a command has to undo before it exits: in reverse order, all of it, whatever fails. */
export class Teardown {
  readonly #steps: { what: string; undo: () => Promise<void> | void; force: () => void }[] = [];

  /**
   * @param what it is that is undone, for the message where that fails
   * @param force ends it at once, where it would outlive this process
   */
  add(what: string, undo: () => Promise<void> | void, force = () => {}): void {
    this.#steps.push({ what, undo, force });
  }

  /** Ends at once what would outlive this process, which is about to exit. */
  force(): void {
    for (const { force } of this.#steps.toReversed()) force();
  }

  /** @throws AggregateError naming each step that failed, after all were tried */
  async run(): Promise<void> {
    const errors: Error[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop())
      try {
        await step.undo();
      } catch (cause) {
        errors.push(new Error(`${step.what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }));
      }
    if (errors.length > 0)
      throw new AggregateError(
        errors,
        `Not everything could be stopped: ${errors.map(({ message }) => message).join('; ')}`,
      );
  }
}
