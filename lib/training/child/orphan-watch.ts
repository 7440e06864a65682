/**
 * A thread of the training process that ends it within two seconds of its parent's end, even if the main thread is busy: TensorFlow blocks
 * the main thread for the whole of a step, and a large step on a few cores takes long.
 */
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 2000);
