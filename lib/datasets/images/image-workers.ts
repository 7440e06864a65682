import { Worker } from 'node:worker_threads';
import { bundledModules, type Bundle } from '../../core/files/bundled-modules.ts';
import { decodingThreads } from './decoding-threads.ts';
import type { Fitting, ImageFile } from './fit-file.ts';
import type { ImageForm } from './fit-image.ts';

interface Pending {
  resolve: (fittings: Fitting[]) => void;
  reject: (reason: Error) => void;
}

interface Thread {
  worker: Worker;
  /** The files sent to the thread, in order; it answers in the same order. */
  pending: Pending[];
}

/** The code that a thread runs. */
export const imageWorkerBundle: Bundle = {
  name: 'image-worker',
  entries: [new URL('image-worker.ts', import.meta.url)],
  platform: 'node',
  external: ['sharp', '@cwasm/nsbmp'],
};

/** Milliseconds of decoding in one thread after which the others are started, each of which takes about as long to start. */
const trial = 100;

/**
 * Threads that decode image files and convert them to the form of a dataset. One is started with the first file, and the others if there
 * is more to do than it does while they start.
 */
export class ImageWorkers {
  /** Number of files to keep in progress, so that no thread waits for the next one. */
  readonly width: number;
  readonly #form: ImageForm;
  readonly #count: number;
  #module: Promise<string> | undefined;
  readonly #threads: Thread[] = [];
  /** When the first thread answered for the first time. */
  #began: number | undefined;
  #failure: Error | undefined;

  constructor(form: ImageForm, count = decodingThreads()) {
    this.#form = form;
    this.#count = count;
    this.width = 2 * count;
  }

  /**
   * Returns the images of a file, computed by the least busy thread.
   * @throws Error if a thread has failed; problems with a file are reported in the fittings
   */
  async fit({ bytes, regions }: ImageFile): Promise<Fitting[]> {
    const module = await (this.#module ??= bundledModules(imageWorkerBundle));
    if (this.#failure !== undefined) throw this.#failure;
    const hasMuchToDo = this.#began !== undefined && performance.now() > this.#began + trial;
    while (this.#threads.length < (hasMuchToDo ? this.#count : 1)) this.#threads.push(this.#start(module));
    const thread = this.#threads.reduce((least, other) =>
      other.pending.length < least.pending.length ? other : least,
    );
    return new Promise((resolve, reject) => {
      thread.pending.push({ resolve, reject });
      // A copy: sending a slice would send the whole buffer that it is part of.
      const own = new Uint8Array(bytes);
      thread.worker.postMessage({ bytes: own, regions } satisfies ImageFile, [own.buffer]);
    });
  }

  async close(): Promise<void> {
    // Those who ask for images have the threads started first.
    await this.#module;
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  #start(module: string): Thread {
    // Without the parent's loader, which the bundle does not need.
    const worker = new Worker(module, { workerData: this.#form, execArgv: [] });
    const pending: Pending[] = [];
    const fail = (error: Error) => {
      this.#failure ??= error;
      for (const { reject } of pending.splice(0)) reject(error);
    };
    worker.on('message', (fittings: Fitting[]) => {
      this.#began ??= performance.now();
      pending.shift()?.resolve(fittings);
    });
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`an image thread ended with code ${code}`)));
    return { worker, pending };
  }
}
