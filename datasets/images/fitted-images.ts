import type { ImageContent, Region } from '../source.ts';
import { fastestKernel } from './fastest-kernel.ts';
import type { Fitting } from './fit-file.ts';
import { fitImage, type ImageForm } from './fit-image.ts';
import { ImageWorkers } from './image-workers.ts';

interface IndexedContent {
  index: number;
  content: ImageContent;
}

export interface IndexedFitting {
  /** In the source. */
  index: number;
  fitting: Fitting;
}

/** Images of one file that are fitted at a time, so that what is under way stays small. */
const mostParts = 100;

/**
 * Brings the images of a source into the form of their dataset, in their order. Files are decoded by threads, each file once for all
 * images of it that follow each other; pixels that need no decoding stay in this thread.
 */
export async function* fittedImages(
  contents: AsyncIterable<IndexedContent>,
  form: ImageForm,
  threads?: number,
): AsyncGenerator<IndexedFitting> {
  const kernel = fastestKernel();
  const workers = new ImageWorkers(form, threads);
  const underWay: Promise<IndexedFitting[]>[] = [];
  const begin = (group: readonly IndexedContent[]) => {
    const fittings = fitGroup(group, form, kernel, workers);
    // It is waited for later: an error must not count as unhandled before.
    fittings.catch(() => undefined);
    underWay.push(fittings);
  };
  try {
    for await (const group of sameFile(contents)) {
      begin(group);
      if (underWay.length > workers.width) yield* await underWay.shift()!;
    }
    while (underWay.length > 0) yield* await underWay.shift()!;
  } finally {
    await workers.close();
  }
}

/** Consecutive images of one file together, at most `mostParts`. */
async function* sameFile(contents: AsyncIterable<IndexedContent>): AsyncGenerator<IndexedContent[]> {
  let group: IndexedContent[] = [];
  for await (const item of contents) {
    const last = group.at(-1)?.content;
    const isSame = last?.kind === 'file' && item.content.kind === 'file' && last.bytes === item.content.bytes;
    if (group.length > 0 && (!isSame || group.length === mostParts)) {
      yield group;
      group = [];
    }
    group.push(item);
  }
  if (group.length > 0) yield group;
}

async function fitGroup(
  group: readonly IndexedContent[],
  form: ImageForm,
  kernel: ReturnType<typeof fastestKernel>,
  workers: ImageWorkers,
): Promise<IndexedFitting[]> {
  const { content } = group[0]!;
  switch (content.kind) {
    case 'pixels':
      return [{ index: group[0]!.index, fitting: fitImage(content.image, form, kernel) }];
    case 'unreadable':
      return [{ index: group[0]!.index, fitting: { reason: content.reason } }];
    case 'file': {
      const fittings = await workers.fit({ bytes: content.bytes, regions: group.map(regionOf) });
      return group.map(({ index }, part) => ({ index, fitting: fittings[part]! }));
    }
  }
}

const regionOf = ({ content }: IndexedContent): Region | null =>
  (content.kind === 'file' ? content.region : null) ?? null;
