import type { FileTree } from '../archives/file-tree.ts';
import { printable } from '../../core/printable.ts';
import { DatasetError } from '../dataset-error.ts';
import { givenSplits, type DatasetSource } from '../source.ts';
import { imageRows } from './class-folders.ts';
import { ImageCollector } from './image-collector.ts';

export const powerlineClasses = ['without power line', 'with power line'];
const without = 0;
const withLine = 1;

/** The folders of the two kinds of images, and their names in ids. */
const modalities = [
  { folder: /infrared|\(ir\)/i, name: 'Infrared (IR)' },
  { folder: /visible|\(vl\)/i, name: 'Visible Light (VL)' },
];

/** Number of images of each kind; in the published order of their names, the first half has a power line. */
const imagesOfKind = 4000;

/**
 * Reads the two flat folders of Powerline. Names give the class: `TV...` has a power line, `TY...` has none. If a complete folder of
 * 4,000 images has other names, the first 2,000 in name order have a power line.
 * @throws DatasetError if neither rule gives the class
 */
export function readPowerline(tree: FileTree, where: string): DatasetSource {
  const collector = new ImageCollector(tree);
  const kinds = modalities.map(() => [] as { row: number; file: string }[]);
  for (const row of imageRows(tree, collector)) {
    const folders = tree.paths[row]!.split('/');
    const file = folders.pop()!;
    const kind = modalities.findIndex(({ folder }) => folders.some((name) => folder.test(name)));
    if (kind < 0) collector.leaveOut('images outside the infrared and visible-light folders');
    else kinds[kind]!.push({ row, file });
  }
  kinds.forEach((images, kind) => {
    const { name } = modalities[kind]!;
    const sorted = images.sort((a, b) => (a.file < b.file ? -1 : 1));
    const unnamed = sorted.find(({ file }) => !/^T[VY]/i.test(file));
    if (unnamed !== undefined && sorted.length !== imagesOfKind)
      throw new DatasetError(
        `${where}/${name}: image names must begin with TV (with a power line) or TY (without), or all ` +
          `${imagesOfKind} published images must be present; got ${sorted.length}, among them ${printable(unnamed.file)}`,
      );
    sorted.forEach(({ row, file }, position) => {
      const hasLine = unnamed === undefined ? /^TV/i.test(file) : position < imagesOfKind / 2;
      collector.add({ row, id: `${name}/${file}`, label: hasLine ? withLine : without, split: givenSplits.undivided });
    });
  });
  return collector.source(powerlineClasses);
}
