import type { ImageContent, Region } from '../source.ts';
import { fastestKernel } from './fastest-kernel.ts';
import type { Fitting } from './fit-file.ts';
import { fitImage, type ImageForm } from './fit-image.ts';
import { ImageWorkers } from './image-workers.ts';
import type { PixelKernel } from './pixel-kernel.ts';

interface IndexedContent {
  index: number;
  content: ImageContent;
}

export interface IndexedFitting {
  /** Position in the source. */
  index: number;
  fitting: Fitting;
}

/** Limits of a group, which keep the work in progress small: number of images, and bytes if they come as pixels. */
const mostTogether = 100;
const mostBytes = 2 ** 16;

/**
 * Converts the images of a source to the form of their dataset, in order, in small groups. Threads decode the files, each file
 * once for all its consecutive images; pixels that need no decoding stay in this thread.
 */
export async function* fittedImages(
  contents: AsyncIterable<IndexedContent>,
  form: ImageForm,
  threads?: number,
): AsyncGenerator<IndexedFitting[]> {
  const kernel = fastestKernel();
  const workers = new ImageWorkers(form, threads);
  const underWay: (IndexedFitting[] | Promise<IndexedFitting[]>)[] = [];
  let group: IndexedContent[] = [];
  const begin = () => {
    const fittings = fitGroup(group, form, kernel, workers);
    group = [];
    // They are awaited later: until then, an error must not count as unhandled.
    if (fittings instanceof Promise) fittings.catch(() => undefined);
    underWay.push(fittings);
  };
  try {
    for await (const item of contents) {
      if (group.length > 0 && !belongsTo(item.content, group)) {
        begin();
        // A finished group waits only for the groups before it.
        while (underWay.length > workers.width || (underWay.length > 0 && !(underWay[0] instanceof Promise)))
          yield await underWay.shift()!;
      }
      group.push(item);
    }
    if (group.length > 0) begin();
    while (underWay.length > 0) yield await underWay.shift()!;
  } finally {
    await workers.close();
  }
}

/** Returns whether an image belongs to the group before it: all come from the same file, or all are given as pixels. */
function belongsTo(content: ImageContent, group: readonly IndexedContent[]): boolean {
  const first = group[0]!.content;
  if (group.length === mostTogether) return false;
  if (content.kind === 'file') return first.kind === 'file' && first.bytes === content.bytes;
  if (content.kind !== 'pixels' || first.kind !== 'pixels') return false;
  return (group.length + 1) * content.image.pixels.length <= mostBytes;
}

function fitGroup(
  group: readonly IndexedContent[],
  form: ImageForm,
  kernel: PixelKernel,
  workers: ImageWorkers,
): IndexedFitting[] | Promise<IndexedFitting[]> {
  const first = group[0]!.content;
  if (first.kind === 'file')
    return workers
      .fit({ bytes: first.bytes, regions: group.map(regionOf) })
      .then((fittings) => group.map(({ index }, part) => ({ index, fitting: fittings[part]! })));
  return group.map(({ index, content }) => ({
    index,
    fitting: content.kind === 'pixels' ? fitImage(content.image, form, kernel) : { reason: reasonOf(content) },
  }));
}

const regionOf = ({ content }: IndexedContent): Region | null =>
  (content.kind === 'file' ? content.region : null) ?? null;

const reasonOf = (content: ImageContent) => (content.kind === 'unreadable' ? content.reason : '');
