import { DefaultLogger, Runtime, makeTelemetryFilterString, type LogEntry } from '@temporalio/worker';
import { LogFile } from './log-file.ts';

/**
 * Sets up the SDK for this process; call it once, before the first connection or worker. The SDK then logs to a file, serves metrics at an
 * address, and leaves signals to the command, which stops workers, connections and server in this order.
 * @param logFile has one JSON object per line: time, level, message, and attributes such as the study
 * @param metricsAddress `host:port` at which the SDK serves its metrics; not served if absent
 */
export function installRuntime(logFile: string, metricsAddress?: string): void {
  const log = new LogFile(logFile, (lines, reason) =>
    JSON.stringify({ time: new Date().toISOString(), level: 'WARN', message: `${lines} lines were lost: ${reason}` }),
  );
  Runtime.install({
    logger: new DefaultLogger('INFO', (entry) => log.write(formatted(entry))),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metricsAddress === undefined
        ? {}
        : { metrics: { prometheus: { bindAddress: metricsAddress, countersTotalSuffix: true, unitSuffix: true } } }),
    },
    shutdownSignals: [],
  });
}

/** Temporal's attributes of an activity, which the log replaces by better ones. */
const leftOut = ['isLocal', 'namespace', 'sdkComponent', 'workflowType', 'taskToken', 'activityType'];

function formatted({ level, timestampNanos, message, meta }: LogEntry): string {
  const { error, ...attributes } = meta ?? {};
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const about = Object.fromEntries(Object.entries(attributes).filter(([name]) => !leftOut.includes(name)));
  const what = error instanceof Error ? { error: whereOf(error) } : {};
  return JSON.stringify({ time, level, message, ...about, ...what }, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** Returns the message and stack of an error or, for a failure without a stack (activities/attempts.ts), those of its cause. */
function whereOf({ message, stack = '', cause }: Error): string {
  if (stack !== '') return stack;
  return cause instanceof Error ? whereOf(cause) : message;
}
