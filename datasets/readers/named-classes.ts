import type { FileTree } from '../archives/file-tree.ts';
import { givenSplits, type DatasetSource } from '../source.ts';
import { imageRows } from './class-folders.ts';
import { folded, splitOfWord, splitWords } from './folder-words.ts';
import { ImageCollector } from './image-collector.ts';

export interface NamedClasses {
  /** Class names, which are those of their folders but for case, spaces and dashes; the position is the label. */
  classes: readonly string[];
  /** The split that a folder names; `train`, `val` and the like where absent. */
  splitOf?: (folder: string) => number | undefined;
  /** What images outside of the folders of classes are, for the count of what is left out. */
  others?: string;
  /** What an image is grouped by, from its class and its file's name. */
  groupOf?: (className: string, file: string) => string;
}

/**
 * Reads images from the folders of known classes, wherever these lie: an image is of the class that its folder tells, and of the
 * split that the innermost of the folders around that one tells.
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
