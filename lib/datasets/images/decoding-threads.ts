import { availableParallelism } from 'node:os';

/** The environment variable that says how many threads libuv has in a process, by default 4. It must be set before the process starts. */
export const poolVariable = 'UV_THREADPOOL_SIZE';

const poolSize = (env: NodeJS.ProcessEnv) => Number(env[poolVariable] ?? 4) || 4;

/**
 * How many image files a process can decode at a time. Sharp decodes on the threads of libuv, which all threads of a process share: on more
 * cores than these, further threads would wait (a stalled `fs.stat` shows it).
 */
export function decodingThreads(cores = availableParallelism(), env: NodeJS.ProcessEnv = process.env): number {
  return Math.min(cores, poolSize(env));
}

/** What to do if a process leaves cores idle while it decodes; undefined if it uses all of them. */
export function decodingAdvice(
  cores = availableParallelism(),
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const threads = decodingThreads(cores, env);
  if (threads === cores) return undefined;
  return `images are decoded on ${threads} of ${cores} cores: set ${poolVariable}=${cores} before this program is started to use all`;
}

/** The environment of a process that is to decode on all cores. */
export const decodingEnvironment = (cores = availableParallelism(), env: NodeJS.ProcessEnv = process.env) => ({
  [poolVariable]: env[poolVariable] ?? String(Math.max(4, cores)),
});
