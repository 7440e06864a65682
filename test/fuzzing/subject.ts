import { OperationalError } from '../../lib/core/errors.ts';
import type { RandomStream } from '../../lib/core/random.ts';
import { UndecodableImage } from '../../lib/datasets/images/undecodable-image.ts';

/** A reader with files to damage. */
export interface Subject {
  /**
   * Reads one damaged case; throws if the result is wrong.
   * @param folder empty, for its files
   */
  read: (random: RandomStream, folder: string) => Promise<void>;
}

/** Subjects by name; each gets a folder for files that it makes before the first case. */
export type Subjects = Record<string, (scratch: string) => Promise<Subject>>;

/** Whether an error is a refusal by name rather than a bug. */
export const isRefusal = (error: unknown): boolean =>
  (error instanceof OperationalError && error.message.length > 10) || error instanceof UndecodableImage;

export function expectThat(condition: boolean, what: string): void {
  if (!condition) throw new Error(`wrong result: ${what}`);
}

export const pick = <Item>(items: readonly Item[], random: RandomStream): Item => items[random.integer(items.length)]!;
