import { decodeText } from '../../core/files/decode-text.ts';
import type { FileTree } from '../archives/file-tree.ts';
import { printable } from '../../core/printable.ts';
import { DatasetError } from '../dataset-error.ts';
import { loadSharp } from '../images/load-sharp.ts';
import { givenSplits, type DatasetSource, type Region } from '../source.ts';
import { isImageName } from './folder-words.ts';
import { ImageCollector } from './image-collector.ts';
import { missingImages } from './missing-images.ts';

export interface AnnotatedPoints {
  /** Class names; the position is the label. Case is ignored, and points with other labels are left out. */
  classes: readonly string[];
  /** Side of the square patches, in pixels. */
  patch: number;
  /** If a folder of this name exists, only the photos in it are read. */
  folder: string;
}

interface Point {
  row: number;
  column: number;
}

const annotationEnding = /\.txt$/i;

/**
 * Reads patches around annotated points: each photo `X.jpg` has a text file `X.jpg.txt` with a header and lines `row; column; label`.
 * Each point is an image, grouped by its photo.
 *
 * A patch is centred on its point if it fits into the photo; near an edge it is moved inside, so that it has its full size
 * and contains only pixels of the photo, but the point is off its centre. In a photo smaller than a patch, the patch is as large as
 * the photo. A point outside its photo gives a patch that does not fit, which the decoder refuses.
 * @throws DatasetError naming file and line of an annotation that is not a point
 */
export async function readAnnotatedPoints(
  tree: FileTree,
  { classes, patch, folder }: AnnotatedPoints,
): Promise<DatasetSource> {
  const { paths } = tree;
  const isMeant = paths.some((path) => path.split('/').includes(folder))
    ? (path: string) => path.split('/').includes(folder)
    : () => true;
  const photos = new Map(paths.flatMap((path, row) => (isImageName(path) && isMeant(path) ? [[path, row]] : [])));
  const collector = new ImageCollector(tree);
  const points: Point[] = [];
  const labels = new Map(classes.map((name, label) => [name.toLowerCase(), label]));
  const annotations = paths.flatMap((path, row) =>
    annotationEnding.test(path) && isImageName(path.replace(annotationEnding, '')) && isMeant(path) ? [row] : [],
  );
  const lost: string[] = [];
  for await (const file of tree.contents(annotations)) {
    const path = paths[file.row]!;
    if (!('bytes' in file)) throw new DatasetError(`${printable(path)} cannot be read: ${file.reason}`);
    const photoPath = path.replace(annotationEnding, '');
    const photo = photos.get(photoPath);
    const name = photoPath.slice(photoPath.lastIndexOf('/') + 1);
    if (photo === undefined) {
      lost.push(photoPath);
      continue;
    }
    photos.delete(photoPath);
    for (const { line, row, column, label } of parsePoints(decodeText(file.bytes), printable(path))) {
      const known = labels.get(label.toLowerCase());
      if (known === undefined) {
        collector.leaveOut(`points with labels other than ${classes.join(', ')}`);
        continue;
      }
      points.push({ row, column });
      const id = `${name}#${String(line).padStart(4, '0')}`;
      collector.add({ row: photo, id, label: known, split: givenSplits.undivided, group: name });
    }
  }
  if (photos.size > 0) collector.leaveOut('photos without annotations', photos.size);
  const missing = missingImages(lost, 'the annotations');
  return collector.source(classes, { missing, region: (point, photo) => patchAround(points[point]!, patch, photo) });
}

/** Parses the points of a text; throws a `DatasetError` naming a line that is not a point. */
function parsePoints(text: string, path: string): (Point & { line: number; label: string })[] {
  return text.split(/\r\n|\n|\r/).flatMap((content, index) => {
    if (content.trim() === '' || content.startsWith('#')) return [];
    const [row, column, label, ...others] = content.split(';').map((cell) => cell.trim());
    if (![row, column].every((cell) => cell !== undefined && /^\d+$/.test(cell)) || !label || others.length > 0)
      throw new DatasetError(
        `${path}, line ${index + 1}: must be <row>; <column>; <label>, got ${JSON.stringify(content.slice(0, 100))}`,
      );
    return [{ line: index + 1, row: Number(row), column: Number(column), label }];
  });
}

/** Sizes of the photos whose points are being read; each photo is one buffer. */
const photoSizes = new WeakMap<Buffer, { width: number; height: number } | undefined>();

async function patchAround({ row, column }: Point, patch: number, photo: Buffer): Promise<Region> {
  if (!photoSizes.has(photo)) photoSizes.set(photo, await sizeOf(photo));
  const size = photoSizes.get(photo);
  const [left, top] = [column - Math.floor(patch / 2), row - Math.floor(patch / 2)];
  if (size === undefined || column >= size.width || row >= size.height)
    return { left, top, width: patch, height: patch };
  const width = Math.min(patch, size.width);
  const height = Math.min(patch, size.height);
  return {
    left: Math.min(Math.max(0, left), size.width - width),
    top: Math.min(Math.max(0, top), size.height - height),
    width,
    height,
  };
}

/** Returns width and height after EXIF rotation; undefined if the file is not an image. */
async function sizeOf(photo: Buffer): Promise<{ width: number; height: number } | undefined> {
  try {
    const sharp = await loadSharp();
    return (await sharp(photo).metadata()).autoOrient;
  } catch {
    // The decoder will report why.
    return undefined;
  }
}
