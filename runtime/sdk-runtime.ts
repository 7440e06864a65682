import { DefaultLogger, Runtime, makeTelemetryFilterString, type LogEntry } from '@temporalio/worker';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Sets up the SDK for this process, once, before its first connection or worker: its log goes to a file, and signals are left
 * to the command, which stops workers, connections and server in this order.
 */
export async function installRuntime(logFile: string): Promise<void> {
  await mkdir(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  Runtime.install({
    logger: new DefaultLogger('INFO', (entry) => log.write(`${formatted(entry)}\n`)),
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
    shutdownSignals: [],
  });
}

function formatted({ level, timestampNanos, message, meta }: LogEntry): string {
  const { error, ...attributes } = meta ?? {};
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const cause = error instanceof Error ? (error.stack ?? error.message) : '';
  return [time, level, message, JSON.stringify(attributes), cause].filter((part) => part !== '').join(' ');
}
