import type { FileTree } from '../archives/file-tree.ts';
import { printable } from '../archives/member-path.ts';
import { DatasetError } from '../dataset-error.ts';
import { isImageName } from './folder-words.ts';

const withoutExtension = (path: string) => path.replace(/\.[^./]*$/, '');
const lastName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** Finds the images that annotations name, wherever these lie. */
export class FileFinder {
  readonly #tree: FileTree;
  readonly #folder: string;
  /** Rows of the images of a name, without its extension. */
  readonly #byName = new Map<string, number | number[]>();
  /** How many there are. */
  readonly images: number = 0;

  /** @param folder the one that the paths of the annotations start from, below the dataset */
  constructor(tree: FileTree, folder = '') {
    this.#tree = tree;
    this.#folder = folder;
    for (const [row, path] of tree.paths.entries()) {
      if (!isImageName(path)) continue;
      this.images++;
      const name = withoutExtension(lastName(path));
      const others = this.#byName.get(name);
      if (others === undefined) this.#byName.set(name, row);
      else if (typeof others === 'number') this.#byName.set(name, [others, row]);
      else others.push(row);
    }
  }

  /**
   * The row of the image at a path: from the folder, else at the end of an image's whole path. Its extension may be absent.
   * @param source what names the image, for errors
   * @returns undefined where there is none
   * @throws DatasetError where several files have the path at the end of theirs and differ in size
   */
  find(image: string, source: string): number | undefined {
    const { paths } = this.#tree;
    const spellings = (row: number) => [paths[row]!, withoutExtension(paths[row]!)];
    const named = [lastName(image), withoutExtension(lastName(image))]
      .map((name) => this.#byName.get(name) ?? [])
      .flat();
    const rows = named.filter((row) => spellings(row).some((path) => path === image || path.endsWith(`/${image}`)));
    const whole = this.#folder === '' ? image : `${this.#folder}/${image}`;
    const exact = rows.find((row) => spellings(row).includes(whole));
    if (exact !== undefined) return exact;
    const other = rows.find((row) => this.#tree.size(row) !== this.#tree.size(rows[0]!));
    if (other !== undefined)
      throw new DatasetError(
        `${source} must say which file ${printable(image)} is: ` +
          `it may be ${printable(paths[rows[0]!]!)} or ${printable(paths[other]!)}`,
      );
    return rows[0];
  }
}
