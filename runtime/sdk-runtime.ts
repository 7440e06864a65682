import {
  DefaultLogger,
  Runtime,
  makeTelemetryFilterString,
  type LogEntry,
  type RuntimeOptions,
} from '@temporalio/worker';
import { EnvironmentError } from '../lib/core/errors.ts';
import { LogFile } from './log-file.ts';

/**
 * Sets up the SDK for this process, once, before its first connection or worker: its log goes to a file, its metrics to an
 * address, and signals are left to the command, which stops workers, connections and server in this order.
 * @param logFile one JSON object a line: time, level, message, and what it is about
 * @param metricsAddress `host:port` where Prometheus finds metrics; none if absent
 * @throws EnvironmentError if metrics cannot be served at that address
 */
export function installRuntime(logFile: string, metricsAddress?: string): void {
  const log = new LogFile(logFile, (lines, reason) =>
    JSON.stringify({ time: new Date().toISOString(), level: 'WARN', message: `${lines} lines were lost: ${reason}` }),
  );
  const options: RuntimeOptions = {
    logger: new DefaultLogger('INFO', (entry) => log.write(formatted(entry))),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metricsAddress === undefined
        ? {}
        : { metrics: { prometheus: { bindAddress: metricsAddress, countersTotalSuffix: true, unitSuffix: true } } }),
    },
    shutdownSignals: [],
  };
  try {
    Runtime.install(options);
  } catch (cause) {
    if (metricsAddress === undefined || !(cause instanceof Error)) throw cause;
    throw new EnvironmentError(`Metrics cannot be served at ${metricsAddress} (--metrics): ${cause.message}`, {
      cause,
    });
  }
}

/** What Temporal tells of an activity that the study tells better. */
const leftOut = ['isLocal', 'namespace', 'sdkComponent', 'workflowType', 'taskToken', 'activityType'];

function formatted({ level, timestampNanos, message, meta }: LogEntry): string {
  const { error, ...attributes } = meta ?? {};
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const about = Object.fromEntries(Object.entries(attributes).filter(([name]) => !leftOut.includes(name)));
  const cause = error instanceof Error ? { error: error.stack ?? error.message } : {};
  return JSON.stringify({ time, level, message, ...about, ...cause }, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}
