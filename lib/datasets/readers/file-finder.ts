import type { FileTree } from '../archives/file-tree.ts';
import { printable } from '../../core/printable.ts';
import { DatasetError } from '../dataset-error.ts';
import { isImageName } from './folder-words.ts';

const withoutExtension = (path: string) => path.replace(/\.[^./]*$/, '');
const lastName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
/** Returns a path with its extension in lower case, as cameras and programs differ in its case. */
const spelled = (path: string) => path.replace(/\.[^./]*$/, (extension) => extension.toLowerCase());
/** Returns a name without case, extension and leading zeros, in which names differ that people take for the same. */
const rough = (path: string) =>
  withoutExtension(lastName(path))
    .toLowerCase()
    .replaceAll(/(?<!\d)0+(?=\d)/g, '');

/** Finds the images that annotations name, anywhere in the tree. */
export class FileFinder {
  readonly #tree: FileTree;
  readonly #folder: string;
  /** Rows of the images with a given file name, without extension. */
  readonly #byName = new Map<string, number | number[]>();
  #byRoughName: Map<string, number> | undefined;
  /** Number of images. */
  readonly images: number = 0;

  /** @param folder folder that the annotations' paths are relative to, below the dataset */
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
   * Returns the row of the image at a path relative to the folder, or else of any image whose path ends with it. The extension may be
   * omitted.
   * @param source what names the image, for errors
   * @returns undefined if there is none
   * @throws DatasetError if several files of different sizes have paths that end with it
   */
  find(image: string, source: string): number | undefined {
    const { paths } = this.#tree;
    const spellings = (row: number) => [spelled(paths[row]!), withoutExtension(paths[row]!)];
    const wanted = [spelled(image), image];
    const named = [lastName(image), withoutExtension(lastName(image))]
      .map((name) => this.#byName.get(name) ?? [])
      .flat();
    const rows = named.filter((row) =>
      spellings(row).some((path) => wanted.some((name) => path === name || path.endsWith(`/${name}`))),
    );
    const whole = this.#folder === '' ? spelled(image) : `${this.#folder}/${spelled(image)}`;
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

  /** Returns the path of an image whose name differs only in case, extension or leading zeros; undefined if there is none. */
  similar(image: string): string | undefined {
    this.#byRoughName ??= new Map(
      this.#tree.paths.flatMap((path, row) => (isImageName(path) ? [[rough(path), row] as const] : [])),
    );
    const row = this.#byRoughName.get(rough(image));
    return row === undefined ? undefined : this.#tree.paths[row];
  }
}
