import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Fitting, ImageFile } from './fit-file.ts';
import type { ImageForm } from './fit-image.ts';

interface Pending {
  resolve: (fittings: Fitting[]) => void;
  reject: (reason: Error) => void;
}

interface Thread {
  worker: Worker;
  /** Of the files that it was sent, in their order: it answers in the same. */
  pending: Pending[];
}

/** Threads that decode image files and bring them into the form of a dataset, started when the first file comes. */
export class ImageWorkers {
  /** How many files to have under way, so that no thread waits for the next one. */
  readonly width: number;
  readonly #form: ImageForm;
  readonly #count: number;
  #threads: Thread[] = [];
  #failure: Error | undefined;

  constructor(form: ImageForm, count = availableParallelism()) {
    this.#form = form;
    this.#count = count;
    this.width = 2 * count;
  }

  /**
   * The images of a file, by the thread that has the least to do.
   * @throws Error where a thread has failed; what is wrong with a file is told in the fittings
   */
  fit({ bytes, regions }: ImageFile): Promise<Fitting[]> {
    if (this.#threads.length === 0) this.#threads = Array.from({ length: this.#count }, () => this.#start());
    const thread = this.#threads.reduce((least, other) =>
      other.pending.length < least.pending.length ? other : least,
    );
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      thread.pending.push({ resolve, reject });
      // Of its own: a slice would take along the whole buffer that it is part of.
      const own = new Uint8Array(bytes);
      thread.worker.postMessage({ bytes: own, regions } satisfies ImageFile, [own.buffer]);
    });
  }

  async close(): Promise<void> {
    const threads = this.#threads;
    this.#threads = [];
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #start(): Thread {
    const worker = new Worker(new URL('image-thread.js', import.meta.url), { workerData: this.#form, execArgv: [] });
    const pending: Pending[] = [];
    const fail = (error: Error) => {
      this.#failure ??= error;
      for (const { reject } of pending.splice(0)) reject(error);
    };
    worker.on('message', (fittings: Fitting[]) => pending.shift()?.resolve(fittings));
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`an image thread ended with code ${code}`)));
    return { worker, pending };
  }
}
