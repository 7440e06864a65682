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
  /** In the source. */
  index: number;
  fitting: Fitting;
}

/** Images of one file, or of pixels, that are fitted at a time: what is under way stays small. */
const mostTogether = 100;

/**
 * Brings the images of a source into the form of their dataset, in their order, some at a time. Files are decoded by threads, each file
 * once for all images of it that follow each other; pixels that need no decoding stay in this thread.
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
    // It is waited for later: an error must not count as unhandled before.
    if (fittings instanceof Promise) fittings.catch(() => undefined);
    underWay.push(fittings);
  };
  try {
    for await (const item of contents) {
      if (group.length > 0 && (group.length === mostTogether || !goTogether(group[0]!.content, item.content))) {
        begin();
        if (underWay.length > workers.width) yield await underWay.shift()!;
      }
      group.push(item);
    }
    if (group.length > 0) begin();
    while (underWay.length > 0) yield await underWay.shift()!;
  } finally {
    await workers.close();
  }
}

/** Whether an image is fitted together with one before it: of the same file, or of pixels both. */
const goTogether = (a: ImageContent, b: ImageContent) =>
  a.kind === 'file' ? b.kind === 'file' && a.bytes === b.bytes : a.kind === 'pixels' && b.kind === 'pixels';

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
