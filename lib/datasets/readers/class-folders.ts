import type { FileTree } from '../archives/file-tree.ts';
import { printable } from '../../core/printable.ts';
import { DatasetError } from '../dataset-error.ts';
import { givenSplits, leftOutText, type DatasetSource } from '../source.ts';
import { checkLevel } from './class-level.ts';
import { isImageName, splitOfFolder, splitWords, unreadPictureEnding } from './folder-words.ts';
import { ImageCollector } from './image-collector.ts';

/**
 * Reads a tree of class folders: `train/<class>/...`, `val/<class>/...`, `test/<class>/...` (or other names that `splitOfFolder` knows), or
 * `<class>/...` if the dataset comes without splits; classes are numbered in the order of their names. Enclosing folders are skipped,
 * including those that archives are listed under, and so is a folder of the same split inside a split's folder.
 * @param where name of the dataset in errors
 * @param within if a folder of this name exists, only its contents are read
 * @throws DatasetError if there are fewer than two classes, or if the folders found at their level seem to be something else
 */
export function readClassFolders(tree: FileTree, where: string, { within }: { within?: string } = {}): DatasetSource {
  const collector = new ImageCollector(tree);
  const images = imageRows(tree, collector);
  // Paths are split again whenever they are needed: keeping the parts of a million paths would take much memory.
  const folders = (row: number) => tree.paths[row]!.split('/');
  const isWithin = (row: number) => folders(row).lastIndexOf(within!) >= 0;
  const narrowed = within !== undefined && images.some(isWithin);
  const rows = narrowed ? images.filter(isWithin) : images;
  if (narrowed) collector.leaveOut(`images outside ${within}/`, images.length - rows.length);
  const inside = (segments: string[]) => segments.slice(narrowed ? segments.lastIndexOf(within) + 1 : 0);
  const segments = (row: number) => inside(folders(row));
  const depth = wrappingFolders(rows, segments);
  const splits = SplitFolders.among(rows, (row) => segments(row).slice(depth));
  const positionOf = (path: string[]) => (splits === undefined ? withoutSplit(path) : splits.positionOf(path));
  const names = new Set<string>();
  for (const row of rows) {
    const position = positionOf(segments(row).slice(depth));
    if (position !== undefined) names.add(position.path[0]!);
  }
  const classes = [...names].sort();
  if (classes.length < 2)
    throw new DatasetError(
      `${where} must have a folder of images for each of at least two classes, or such folders in train/ and val/ or test/; ` +
        [
          `got ${classes.length === 0 ? 'none' : `only ${printable(classes[0]!)}/`}`,
          ...collector.leftOut.map(leftOutText),
        ].join('; '),
    );
  const paths = function* () {
    for (const row of rows) {
      const position = positionOf(segments(row).slice(depth));
      if (position !== undefined) yield position.path;
    }
  };
  checkLevel(classes, paths(), where);
  const labels = new Map(classes.map((name, label) => [name, label]));
  for (const row of rows) {
    const position = positionOf(segments(row).slice(depth));
    if (position === undefined) {
      collector.leaveOut('images outside the class folders');
      continue;
    }
    const { split, path } = position;
    const word = splitWords[split];
    const id = [...(word === undefined ? [] : [word]), ...(position.part ?? []), ...path].join('/');
    collector.add({ row, id, label: labels.get(path[0]!)!, split });
  }
  const missing = classesWithoutImages(tree, labels, (path) => positionOf(inside(path.split('/')).slice(depth))?.path);
  return collector.source(classes, { missing });
}

/** The files of a tree whose names are those of images; the others are counted. */
export function imageRows(tree: FileTree, collector: ImageCollector): number[] {
  const rows: number[] = [];
  for (const [row, path] of tree.paths.entries()) {
    const picture = isImageName(path) ? undefined : unreadPictureEnding(path);
    if (isImageName(path)) rows.push(row);
    else if (picture !== undefined) collector.leaveOut(`images in a format that is not read: ${picture}`);
    else collector.leaveOut('files whose names are not those of images');
  }
  return rows;
}

/** The number of folders that enclose the split or class folders. */
function wrappingFolders(rows: readonly number[], segmentsOf: (row: number) => string[]): number {
  for (let depth = 0; ; depth++) {
    const folders = new Set<string>();
    let hasDeeper = false;
    for (const row of rows) {
      const segments = segmentsOf(row);
      if (segments.length > depth + 1) folders.add(segments[depth]!);
      hasDeeper ||= segments.length > depth + 2;
      if (folders.size > 1) return depth;
    }
    if (folders.size === 0 || !hasDeeper) return depth;
  }
}

/** Split, and path from the class folder on; undefined for an image outside the class folders. */
type Position =
  | {
      split: number;
      /** The folder of the split, if other folders are the same split and may have images of the same names. */
      part?: string[];
      path: string[];
    }
  | undefined;

function withoutSplit(path: string[]): Position {
  return path.length < 2 ? undefined : { split: givenSplits.undivided, path };
}

/** The folders of a dataset that comes with splits. */
class SplitFolders {
  /** The names of the folders of each split, in lower case. */
  readonly #parts = new Map<number, Set<string>>();
  /** Folders of splits, in lower case, that contain a class with the name of the split. */
  readonly #namesakes = new Set<string>();

  /** Returns undefined if no folder named after the training split has folders with images: such a folder can then only be a class. */
  static among(rows: readonly number[], pathOf: (row: number) => string[]): SplitFolders | undefined {
    const folders = new SplitFolders();
    for (const row of rows) {
      const [folder, inner, ...rest] = pathOf(row);
      const split = splitOfFolder(folder ?? '');
      if (split === undefined || rest.length === 0) continue;
      const key = folder!.toLowerCase();
      folders.#parts.set(split, (folders.#parts.get(split) ?? new Set()).add(key));
      if (rest.length === 1 && splitOfFolder(inner!) === split) folders.#namesakes.add(key);
    }
    return folders.#parts.has(givenSplits.train) ? folders : undefined;
  }

  positionOf([folder = '', ...path]: string[]): Position {
    const split = splitOfFolder(folder);
    if (split === undefined) return undefined;
    const key = folder.toLowerCase();
    // As in seg_train/seg_train/; but a folder of that name with images directly in it is a class.
    if (!this.#namesakes.has(key)) while (splitOfFolder(path[0] ?? '') === split) path.shift();
    if (path.length < 2) return undefined;
    const isOneOfMany = (this.#parts.get(split)?.size ?? 0) > 1;
    return { split, path, ...(isOneOfMany && { part: [key] }) };
  }
}

/** Returns messages about folders at the level of the classes in which no image is read. */
function classesWithoutImages(
  tree: FileTree,
  classes: ReadonlyMap<string, number>,
  pathOf: (path: string) => string[] | undefined,
): string[] {
  const contents = new Map<string, string>();
  const note = (path: string, content: string) => {
    const name = pathOf(path)?.[0];
    if (name !== undefined && !classes.has(name)) contents.set(name, content);
  };
  for (const folder of tree.emptyFolders()) note(`${folder}/x`, 'no files');
  for (const link of tree.brokenLinks) note(link, 'links to missing files');
  for (const path of tree.paths) {
    const ending = unreadPictureEnding(path);
    if (ending !== undefined) note(path, `${ending} files, which are not read`);
  }
  return Array.from(contents, ([name, content]) => `images of the class ${printable(name)}: its folder has ${content}`);
}
