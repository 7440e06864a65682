import type { FileTree } from '../archives/file-tree.ts';
import { givenSplits, type DatasetSource } from '../source.ts';
import { imageRows } from './class-folders.ts';
import { folded, splitOfWord, splitWords } from './folder-words.ts';
import { ImageCollector } from './image-collector.ts';

export interface NamedClasses {
  /** Class names, equal to those of their folders except for case, spaces and dashes; the position is the label. */
  classes: readonly string[];
  /** The split that a folder name stands for; by default `train`, `val` and the like are known. */
  splitOf?: (folder: string) => number | undefined;
  /** Description of the images outside the class folders, under which they are counted as left out. */
  others?: string;
  /** The group of an image, from its class and file name. */
  groupOf?: (className: string, file: string) => string;
}

/**
 * Reads images from the folders of known classes, anywhere in the tree: the image's folder gives the class, and the innermost enclosing
 * folder that names a split gives the split.
 */
export function readNamedClasses(tree: FileTree, options: NamedClasses): DatasetSource {
  const { classes, splitOf = splitOfWord, groupOf } = options;
  const { others = 'images outside the class folders' } = options;
  const labels = new Map(classes.map((name, label) => [folded(name), label]));
  const collector = new ImageCollector(tree);
  for (const row of imageRows(tree, collector)) {
    const folders = tree.paths[row]!.split('/');
    const file = folders.pop()!;
    const label = labels.get(folded(folders.pop() ?? ''));
    if (label === undefined) {
      collector.leaveOut(others);
      continue;
    }
    const split = folders.map(splitOf).findLast((value) => value !== undefined) ?? givenSplits.undivided;
    const id = [splitWords[split], classes[label], file].filter((part) => part !== undefined).join('/');
    collector.add({ row, id, label, split, ...(groupOf && { group: groupOf(classes[label]!, file) }) });
  }
  return collector.source(classes);
}
