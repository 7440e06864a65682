import { rm } from 'node:fs/promises';
import { checkpointNames, tidyCheckpoints } from './checkpoint-folders.ts';
import { killProcessesOf } from './marked-processes.ts';
import { attemptsSoFar, beginAttempt, runFolderOf, type CommandTask } from './run-folder.ts';

/**
 * Prepares the folder of a run for an attempt. If an earlier attempt left a folder that cannot be used, the run starts again.
 * @returns the name of the checkpoint to continue from, if there is one
 */
export async function prepareRun(task: CommandTask, onLog?: (line: string) => void): Promise<string | undefined> {
  const runFolder = runFolderOf(task.workDirectory);
  try {
    return await prepared(task);
  } catch (error) {
    if (!isRuined(error, runFolder)) throw error;
    onLog?.(`the run starts again because an earlier attempt changed its folder: ${error.message}`);
    await killProcessesOf(runFolder);
    await rm(runFolder, { recursive: true, force: true });
    return prepared(task);
  }
}

async function prepared(task: CommandTask): Promise<string | undefined> {
  const { workDirectory } = task;
  // The worker of an earlier attempt may have been killed before it could end its trainer.
  if ((await attemptsSoFar(workDirectory)) > 0) await killProcessesOf(runFolderOf(workDirectory));
  await tidyCheckpoints(workDirectory);
  const resume = (await checkpointNames(workDirectory)).at(-1);
  await beginAttempt(task, resume);
  return resume;
}

/** Whether the folder of a run cannot be used because its trainer replaced something in it. */
export function isRuined(error: unknown, runFolder: string): error is NodeJS.ErrnoException {
  const { code = '', path = '' } = error as NodeJS.ErrnoException;
  const codes = ['ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY', 'ELOOP', 'ENOENT', 'EACCES', 'EPERM'];
  return codes.includes(code) && path.startsWith(runFolder);
}
