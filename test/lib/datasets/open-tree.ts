import { FileTree } from '../../../lib/datasets/archives/file-tree.ts';
import { walkFolder } from '../../../lib/datasets/archives/walk-folder.ts';
import type { DatasetSource, ImageContent } from '../../../lib/datasets/source.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { writeTree, type Tree } from './layouts/tree.ts';

/** A folder with some files, opened as a tree. */
export async function openTree(tree: Tree, wanted?: (archive: string) => boolean): Promise<FileTree> {
  const folder = await temporaryFolder();
  await writeTree(folder, tree);
  return FileTree.open(await walkFolder(folder), wanted && { wanted });
}

/** A source image by image: `id`, name of its class, split, and content. */
export async function imagesOf(
  source: DatasetSource,
): Promise<{ id: string; className: string; split: number; content: ImageContent }[]> {
  const images = [];
  for await (const { index, content } of source.read())
    images.push({
      id: source.images.ids[index]!,
      className: source.classes[source.images.labels[index]!]!,
      split: source.images.splits[index]!,
      content,
    });
  return images;
}
