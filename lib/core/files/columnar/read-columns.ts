import { fork, type ChildProcess } from 'node:child_process';
import { bundledModules, type Bundle } from '../bundled-modules.ts';
import type { Answer, Request } from './child.ts';
import { UnreadableFile, type Columns } from './columns.ts';
import { watchProcess } from './watch-process.ts';

/** The code that the reader process runs. */
export const columnsReaderBundle: Bundle = {
  name: 'columns-reader',
  entries: [new URL('child.ts', import.meta.url)],
  platform: 'node',
};

/** MiB that the process may use: enough for a table of some ten million cells. */
const mostMegabytes = 1024;
const heapMegabytes = 768;

/** Seconds of processor time that reading may take, and the seconds that each MiB adds. */
const [leastSeconds, secondsPerMegabyte] = [2, 1];

/** Milliseconds after which an idle process is ended. */
const idle = 1000;

let reader: ChildProcess | undefined;
let ending: NodeJS.Timeout | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Reads the table in a Parquet or Arrow file that anybody may have made. A few damaged bytes can make a reader use any amount of memory or
 * time, and V8 ends the whole process, all threads included, if an array becomes too large. So the file is read in a separate process whose
 * memory and time are bounded. Files are read one after another.
 * @param only names of the columns to read from a Parquet file
 * @throws UnreadableFile saying why it cannot be read
 */
export function readColumns(format: Request['format'], bytes: Uint8Array, only?: readonly string[]): Promise<Columns> {
  const next = last.then(() => answerTo({ format, bytes, only }));
  last = next.catch(() => undefined);
  return next;
}

async function answerTo(request: Request): Promise<Columns> {
  clearTimeout(ending);
  if (reader?.connected !== true) reader = await startReader();
  const child = reader;
  child.ref();
  child.channel?.ref();
  const seconds = leastSeconds + secondsPerMegabyte * Math.ceil(request.bytes.length / 2 ** 20);
  const watching = new AbortController();
  try {
    return await new Promise<Columns>((resolve, reject) => {
      const giveUp = (why: string) => {
        if (reader === child) endReader();
        reject(new UnreadableFile(why));
      };
      const tooLarge = `reading it takes more than ${mostMegabytes} MiB of memory`;
      child.once('message', (answer: Answer) => {
        if ('columns' in answer) resolve(answer.columns);
        else reject(new UnreadableFile(answer.problem));
      });
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        // V8 aborts a process whose heap is full.
        giveUp(signal === 'SIGABRT' ? tooLarge : `its reader ended unexpectedly (${signal ?? code})`),
      );
      void watchProcess(child.pid!, watching.signal, (used) => {
        if (used.megabytes > mostMegabytes) giveUp(tooLarge);
        else if (used.seconds > seconds) giveUp(`reading it takes more than ${seconds} s of processor time`);
      }).catch(reject);
      child.send(request, (error) => error && reject(error));
    });
  } finally {
    watching.abort();
    // Without names, Node's own listeners would be removed, too.
    for (const event of ['message', 'error', 'exit']) child.removeAllListeners(event);
    child.on('error', () => undefined);
    child.unref();
    child.channel?.unref();
    ending = setTimeout(endReader, idle).unref();
  }
}

async function startReader(): Promise<ChildProcess> {
  return fork(await bundledModules(columnsReaderBundle), {
    execArgv: [`--max-old-space-size=${heapMegabytes}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

function endReader(): void {
  reader?.kill('SIGKILL');
  reader = undefined;
}
