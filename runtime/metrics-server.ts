import { once } from 'node:events';
import { createServer } from 'node:http';
import { trainingGauges, type TrainingGauges } from '../activities/metrics.ts';
import { EnvironmentError } from '../lib/core/errors.ts';

/** Milliseconds to wait for the SDK's answer. */
const patience = 5000;

/**
 * Serves the metrics of this process to Prometheus: the SDK's counters, and gauges of the running trainings. The SDK would show the gauges
 * of a study for as long as the process lives; here they end with its trainings.
 * @param address `host:port`
 * @param sdkAddress address at which the SDK serves its metrics
 * @returns a function that stops the server
 * @throws EnvironmentError if nothing can be served at that address
 */
export async function serveMetrics(address: string, sdkAddress: string): Promise<() => void> {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(address)!;
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    fetch(`http://${sdkAddress}/metrics`, { signal: AbortSignal.timeout(patience) })
      .then((answer) => answer.text())
      .then(
        (counts) =>
          response
            .setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
            .end(`${counts}${gaugesText(trainingGauges())}`),
        (error: Error) => response.writeHead(503).end(error.message),
      );
  });
  server.listen(Number(port), host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new EnvironmentError(`Metrics cannot be served at ${address} (--metrics): ${(cause as Error).message}`, {
      cause,
    });
  }
  // A connection that cannot be accepted (too many open files) concerns only the scraper, and must not end trainings.
  server.on('error', () => undefined);
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

/** Formats gauges in Prometheus's text format; empty if no training is running. */
export function gaugesText(gauges: readonly TrainingGauges[]): string {
  if (gauges.length === 0) return '';
  const gauge = (name: string, help: string, valueOf: (one: TrainingGauges) => number) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...gauges.map(
      (one) => `${name}{dataset="${escaped(one.dataset)}",studyId="${escaped(one.studyId)}"} ${valueOf(one)}`,
    ),
  ];
  return [
    ...gauge(
      'beyond_imagenet_images_per_second',
      'Images per second of all running trainings.',
      ({ imagesPerSecond }) => imagesPerSecond,
    ),
    ...gauge('beyond_imagenet_training_loss', 'Mean loss of the running trainings.', ({ loss }) => loss),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

const escaped = (label: string): string => label.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
