import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { exitCodes } from '../lib/core/errors.ts';
import { decodingEnvironment } from '../lib/datasets/images/decoding-threads.ts';
import { defaultStopSeconds } from '../runtime/stop-seconds.ts';
import { sameGesture, type PatienceMessage } from './interruption.ts';

/** The environment variable that marks the supervised process. */
const mark = 'BEYOND_IMAGENET_SUPERVISED';

/** Milliseconds after which a process is killed once it should have ended, or after a second Ctrl-C. */
const grace = 1000;

/**
 * Runs this command line again in another process, and makes sure that signals end that process even while a long computation blocks its
 * event loop: it is killed ten seconds after SIGTERM (later if it asks for that), or at the second Ctrl-C. A thread of the same process
 * could not do this, because Node passes signals only to the event loop. The new process also decodes images on all cores, which must be
 * set in its environment from the start.
 * @returns true in the supervised process, which does the work; the other process ends here, with the exit code of the first
 */
export async function isSupervised(): Promise<boolean> {
  if (process.env[mark] !== undefined) {
    delete process.env[mark];
    // A SIGKILL for the supervisor, which it cannot catch, is meant for this process.
    process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
    process.channel?.unref();
    return true;
  }
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...decodingEnvironment(), [mark]: String(process.pid) },
  });
  let patience: number = defaultStopSeconds;
  child.on('message', (message) => ({ patience } = message as PatienceMessage));
  let isKilled = false;
  const killIn = (milliseconds: number) =>
    setTimeout(() => {
      isKilled = true;
      child.kill('SIGKILL');
    }, milliseconds).unref();
  let interruptedAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both processes; the child treats signals in quick succession as one.
      child.kill(signal);
      if (signal !== 'SIGINT') killIn(1000 * patience + grace);
      else if (interruptedAt === undefined) interruptedAt = Date.now();
      else if (Date.now() - interruptedAt >= sameGesture) killIn(grace);
    });
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? 128 + constants.signals[signal!]));
  });
  process.exitCode = isKilled ? exitCodes.interrupted : code;
  return false;
}
