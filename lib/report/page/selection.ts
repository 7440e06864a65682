/** The architectures that the reader selected, and the one pointed at; notifies everything that shows them. */
export class Selection {
  readonly #selected = new Set<number>();
  readonly #onSelected: (() => void)[] = [];
  readonly #onPointed: (() => void)[] = [];
  #pointed: number | undefined;

  get indices(): readonly number[] {
    return [...this.#selected];
  }

  get pointed(): number | undefined {
    return this.#pointed;
  }

  has(index: number): boolean {
    return this.#selected.has(index);
  }

  /** @param keep whether the earlier selection is kept */
  select(indices: Iterable<number>, keep = false): void {
    performance.mark('select');
    if (!keep) this.#selected.clear();
    for (const index of indices) this.#selected.add(index);
    for (const listener of this.#onSelected) listener();
    performance.measure('selected', 'select');
  }

  toggle(index: number): void {
    const without = this.indices.filter((other) => other !== index);
    this.select(this.has(index) ? without : [...without, index]);
  }

  point(index: number | undefined): void {
    if (index === this.#pointed) return;
    this.#pointed = index;
    for (const listener of this.#onPointed) listener();
  }

  onSelected(listener: () => void): void {
    this.#onSelected.push(listener);
  }

  onPointed(listener: () => void): void {
    this.#onPointed.push(listener);
  }
}
