import { JSONParser } from '@streamparser/json';
import type { FileTree } from '../archives/file-tree.ts';
import { printable } from '../../core/printable.ts';
import { safePath } from '../archives/member-path.ts';
import { DatasetError } from '../dataset-error.ts';
import type { DatasetSource } from '../source.ts';
import { FileFinder } from './file-finder.ts';
import { splitWords } from './folder-words.ts';
import { ImageCollector } from './image-collector.ts';
import { missingImages } from './missing-images.ts';

/** A COCO annotation document with `images`, `annotations` and `categories`; each image has one category. */
export interface CocoDocument {
  /** Row of the document in the tree. */
  row: number;
  split: number;
}

interface Annotations {
  /** File names by image id. */
  files: Map<number, string>;
  /** Category ids by image id. */
  categoryOf: Map<number, number>;
  categories: Map<number, { name: string; supercategory: string }>;
}

/**
 * Reads the images that COCO documents list for the categories of one supercategory. Classes are numbered in the order of their names.
 * @throws DatasetError if a document is damaged or not in this format
 */
export async function readCoco(
  tree: FileTree,
  documents: readonly CocoDocument[],
  supercategory: string,
): Promise<DatasetSource> {
  const collector = new ImageCollector(tree);
  const finder = new FileFinder(tree);
  const found: { row: number; className: string; split: number; id: string }[] = [];
  const missing: string[] = [];
  for (const { row: document, split } of documents) {
    const name = printable(tree.paths[document]!);
    const { files, categoryOf, categories } = parseCoco(await tree.read(document), name);
    const lost: string[] = [];
    for (const [image, file] of files) {
      const category = categories.get(categoryOf.get(image) ?? NaN);
      if (category?.supercategory !== supercategory) continue;
      const path = safePath(file);
      const row = path === undefined ? undefined : finder.find(path, name);
      if (row === undefined) lost.push(file);
      else found.push({ row, className: category.name, split, id: `${splitWords[split]}/${path}` });
    }
    missing.push(...missingImages(lost, name, (image) => finder.similar(image)));
  }
  const others = finder.images - found.length;
  if (others > 0) collector.leaveOut(`images without an annotation of ${supercategory}`, others);
  const classes = [...new Set(found.map(({ className }) => className))].sort();
  const labels = new Map(classes.map((name, label) => [name, label]));
  for (const { className, ...image } of found) collector.add({ ...image, label: labels.get(className)! });
  return collector.source(classes, { missing });
}

/** Bytes parsed in one step. */
const pieceBytes = 2 ** 20;

/** Parses a document piece by piece: parsed as one object, half a million annotations would take a gigabyte. */
function parseCoco(bytes: Buffer, name: string): Annotations {
  const annotations: Annotations = { files: new Map(), categoryOf: new Map(), categories: new Map() };
  const parser = new JSONParser({ paths: ['$.images.*', '$.annotations.*', '$.categories.*'], keepStack: false });
  parser.onValue = ({ value, stack }) =>
    add(annotations, stack[1]?.key as string, value as Record<string, unknown>, name);
  try {
    for (let start = 0; start < bytes.length; start += pieceBytes)
      parser.write(bytes.subarray(start, start + pieceBytes));
    if (!parser.isEnded) parser.end();
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    throw new DatasetError(`${name} must be a JSON file: ${(error as Error).message}`);
  }
  return annotations;
}

function add(annotations: Annotations, list: string, entry: Record<string, unknown>, name: string): void {
  const field = <Type extends 'number' | 'string'>(key: string, type: Type) => {
    const value = entry[key];
    if (typeof value !== type)
      throw new DatasetError(`${name}: ${list}[...].${key} must be a ${type}, got ${JSON.stringify(value)}`);
    return value as Type extends 'number' ? number : string;
  };
  if (list === 'images') annotations.files.set(field('id', 'number'), field('file_name', 'string'));
  else if (list === 'annotations')
    annotations.categoryOf.set(field('image_id', 'number'), field('category_id', 'number'));
  else {
    const category = { name: field('name', 'string'), supercategory: field('supercategory', 'string') };
    annotations.categories.set(field('id', 'number'), category);
  }
}
