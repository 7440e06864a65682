/** What a command has to undo before it exits: in reverse order, all of it, whatever fails. */
export class Teardown {
  readonly #steps: { what: string; undo: () => Promise<void> | void }[] = [];

  /** @param what it is that is undone, for the message where that fails */
  add(what: string, undo: () => Promise<void> | void): void {
    this.#steps.push({ what, undo });
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
