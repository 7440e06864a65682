import { workerData } from 'node:worker_threads';

/**
 * A thread of the training process that ends it within two seconds of its parent's end, even if the main thread is busy: TensorFlow blocks
 * the main thread for the whole of a step, and a large step on a few cores takes long. It receives the parent's id, since the parent may
 * end before the thread has started.
 */
setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
}, 2000);
