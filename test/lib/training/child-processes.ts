import { readdir, readFile } from 'node:fs/promises';

/** Processes that this one has started and that have not ended. */
export async function childProcesses(): Promise<number[]> {
  const threads = await readdir('/proc/self/task');
  const lists = threads.map((thread) => readFile(`/proc/self/task/${thread}/children`, 'utf8').catch(() => ''));
  return (await Promise.all(lists)).join(' ').split(' ').filter(Boolean).map(Number);
}

/** Those of them that are training processes. */
export async function trainingProcesses(): Promise<number[]> {
  const pids = await childProcesses();
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return pids.filter((_, index) => commands[index]!.includes('training-child'));
}
