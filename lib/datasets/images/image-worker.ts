import { parentPort, workerData } from 'node:worker_threads';
import { fastestKernel } from './fastest-kernel.ts';
import { fitFile, type Fitting, type ImageFile } from './fit-file.ts';
import type { ImageForm } from './fit-image.ts';

/** A thread of `ImageWorkers`: it receives the form of a dataset when it starts, then image files, which it answers in order. */
const form = workerData as ImageForm;
const kernel = fastestKernel();
let last: Promise<void> = Promise.resolve();

parentPort!.on('message', (file: ImageFile) => {
  // A file is decoded while the one before it is resized, so that no core waits.
  const fitted = fitFile(file, form, kernel);
  last = last.then(async () => {
    const fittings = (await fitted).map(withOwnPixels);
    const pixels = fittings.flatMap((fitting) => ('pixels' in fitting ? [fitting.pixels.buffer as ArrayBuffer] : []));
    parentPort!.postMessage(fittings, [...new Set(pixels)]);
  });
});

/** Copies an image that fitting left unchanged: it lies in the decoder's memory, which cannot be transferred to another thread. */
function withOwnPixels(fitting: Fitting): Fitting {
  if (!('pixels' in fitting) || !Buffer.isBuffer(fitting.pixels)) return fitting;
  return { ...fitting, pixels: new Uint8Array(fitting.pixels) };
}
