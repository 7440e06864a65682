import type { FileTree } from '../archives/file-tree.ts';
import { printable } from '../archives/member-path.ts';
import { DatasetError } from '../dataset-error.ts';
import { givenSplits, type DatasetSource } from '../source.ts';
import { isImageName, splitOfWord, splitWords } from './folder-words.ts';
import { ImageCollector } from './image-collector.ts';

/**
 * Reads a tree of class folders: `train/<class>/...`, `val/<class>/...`, `test/<class>/...`, or `<class>/...` if the dataset
 * comes without splits; classes are numbered in the order of their names. Enclosing folders are skipped, including those
 * that archives are listed under, and so is a folder of the same name inside the folder of a split.
 * @param where name of the dataset in errors
 * @param within if a folder of this name exists, only its contents are read
 * @throws DatasetError if there are fewer than two classes
 */
export function readClassFolders(tree: FileTree, where: string, { within }: { within?: string } = {}): DatasetSource {
  const collector = new ImageCollector(tree);
  const images = imageRows(tree, collector);
  // Paths are split again each time they are needed: keeping the parts of a million paths would take much memory.
  const folders = (row: number) => tree.paths[row]!.split('/');
  const isWithin = (row: number) => folders(row).lastIndexOf(within!) >= 0;
  const narrowed = within !== undefined && images.some(isWithin);
  const rows = narrowed ? images.filter(isWithin) : images;
  if (narrowed) collector.leaveOut(`images outside ${within}/`, images.length - rows.length);
  const segments = (row: number) => folders(row).slice(narrowed ? folders(row).lastIndexOf(within) + 1 : 0);
  const depth = wrappingFolders(rows, segments);
  const isDivided = rows.some((row) => splitOfWord(segments(row)[depth] ?? '') === givenSplits.train);
  const placeOf = (row: number) => (isDivided ? withinSplit : withoutSplit)(segments(row).slice(depth));
  const names = new Set<string>();
  for (const row of rows) {
    const place = placeOf(row);
    if (place !== undefined) names.add(place.path[0]!);
  }
  const classes = [...names].sort();
  if (classes.length < 2)
    throw new DatasetError(
      `${where} must have a folder of images for each of at least two classes, or such folders in train/ and val/ or test/; ` +
        `got ${classes.length === 0 ? 'none' : `only ${printable(classes[0]!)}/`}`,
    );
  const labels = new Map(classes.map((name, label) => [name, label]));
  for (const row of rows) {
    const place = placeOf(row);
    if (place === undefined) {
      collector.leaveOut('images outside the class folders');
      continue;
    }
    const { split, path } = place;
    const word = splitWords[split];
    const id = (word === undefined ? path : [word, ...path]).join('/');
    collector.add({ row, id, label: labels.get(path[0]!)!, split });
  }
  return collector.source(classes);
}

/** The files of a tree whose names are those of images; the others are counted. */
export function imageRows(tree: FileTree, collector: ImageCollector): number[] {
  const rows: number[] = [];
  for (const [row, path] of tree.paths.entries()) if (isImageName(path)) rows.push(row);
  const others = tree.paths.length - rows.length;
  if (others > 0) collector.leaveOut('files whose names are not those of images', others);
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
type Place = { split: number; path: string[] } | undefined;

function withoutSplit(segments: string[]): Place {
  return segments.length < 2 ? undefined : { split: givenSplits.undivided, path: segments };
}

function withinSplit([folder = '', ...path]: string[]): Place {
  const split = splitOfWord(folder);
  while (path[0]?.toLowerCase() === folder.toLowerCase()) path.shift();
  return split === undefined || path.length < 2 ? undefined : { split, path };
}
