import { parentPort, workerData } from 'node:worker_threads';
import { fastestKernel } from './fastest-kernel.ts';
import { fitFile, type ImageFile } from './fit-file.ts';
import type { ImageForm } from './fit-image.ts';

/** What a thread is told when it starts. */
export interface WorkerSetup {
  form: ImageForm;
  /** Of the kernel: this module is bundled, and does not lie beside it. */
  code: Uint8Array;
}

/** A thread of `ImageWorkers`: it is sent image files, and answers each in its turn. */
const { form, code } = workerData as WorkerSetup;
const kernel = fastestKernel(code);
let last: Promise<void> = Promise.resolve();

parentPort!.on('message', (file: ImageFile) => {
  last = last.then(async () => {
    const fittings = await fitFile(file, form, kernel);
    const pixels = fittings.flatMap((fitting) => ('pixels' in fitting ? [fitting.pixels.buffer as ArrayBuffer] : []));
    parentPort!.postMessage(fittings, [...new Set(pixels)]);
  });
});
