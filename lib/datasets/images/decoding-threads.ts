import { availableParallelism } from 'node:os';

/** The environment variable for the number of libuv's threads in a process, by default 4. It must be set before the process starts. */
export const poolVariable = 'UV_THREADPOOL_SIZE';

const poolSize = (env: NodeJS.ProcessEnv) => Number(env[poolVariable] ?? 4) || 4;

/**
 * Returns the number of image files that a process can decode at a time. Sharp decodes on libuv's threads, which all threads of a process
 * share: beyond their number, further threads would only wait (as a stalled `fs.stat` shows).
 */
export function decodingThreads(cores = availableParallelism(), env: NodeJS.ProcessEnv = process.env): number {
  return Math.min(cores, poolSize(env));
}

/** Returns advice if a process leaves cores idle while it decodes; undefined if it uses all of them. */
export function decodingAdvice(
  cores = availableParallelism(),
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const threads = decodingThreads(cores, env);
  if (threads === cores) return undefined;
  return `images are decoded on ${threads} of ${cores} cores: set ${poolVariable}=${cores} before starting this program to use all of them`;
}

/** Returns the environment for a process that decodes on all cores. */
export const decodingEnvironment = (cores = availableParallelism(), env: NodeJS.ProcessEnv = process.env) => ({
  [poolVariable]: env[poolVariable] ?? String(Math.max(4, cores)),
});
