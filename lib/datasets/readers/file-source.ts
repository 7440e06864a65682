import type { FileTree } from '../archives/file-tree.ts';
import type { DatasetSource, ImageContent, LeftOut, ReadOptions, Region, SourceImages } from '../source.ts';

export interface FileSourceParts {
  classes: readonly string[];
  images: SourceImages;
  /** Row of each image's file in the tree; images of the same file are consecutive. */
  rows: readonly number[];
  leftOut: readonly LeftOut[];
  missing: readonly string[];
  notes: readonly string[];
  /** Returns the region of its file that makes up an image; the whole file by default. */
  region?: ((index: number, file: Buffer) => Promise<Region | undefined>) | undefined;
}

/** Creates a dataset whose images are files, or regions of files, in a tree. */
export function fileSource(tree: FileTree, parts: FileSourceParts): DatasetSource {
  const { classes, images, rows, leftOut, missing, notes, region } = parts;

  const contentOf = async (index: number, bytes: Buffer): Promise<ImageContent> => {
    const part = await region?.(index, bytes);
    return { kind: 'file', bytes, ...(part && { region: part }) };
  };

  async function* read({ from = 0, wanted = () => true, signal }: ReadOptions = {}) {
    const indices: number[] = [];
    const files: number[] = [];
    for (let index = from; index < rows.length; index++) {
      if (!wanted(index)) continue;
      indices.push(index);
      if (files.at(-1) !== rows[index]) files.push(rows[index]!);
    }
    let next = 0;
    for await (const file of tree.contents(files, { signal }))
      for (; next < indices.length && rows[indices[next]!] === file.row; next++) {
        const index = indices[next]!;
        if ('bytes' in file) yield { index, content: await contentOf(index, file.bytes) };
        else yield { index, content: { kind: 'unreadable' as const, reason: file.reason } };
      }
  }
  return { classes, images, leftOut, missing, notes, read };
}
