import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { RunMetrics } from '../../activities/metrics.ts';
import { gaugesText, serveMetrics } from '../../runtime/metrics-server.ts';
import { freePort } from '../../runtime/ports.ts';

const progress = (imagesPerSecond: number, loss: number) => ({
  ...{ epoch: 1, epochs: 2, step: 1, stepsPerEpoch: 2 },
  ...{ imagesPerSecond, loss },
});

test('Prometheus gets the counters of the SDK, and the speed and loss of trainings while they run', async () => {
  const sdk = createServer((_request, response) => response.end('temporal_counter 1\n')).listen(0, '127.0.0.1');
  onTestFinished(() => void sdk.close());
  await once(sdk, 'listening');
  const address = `127.0.0.1:${await freePort(0)}`;
  onTestFinished(await serveMetrics(address, `127.0.0.1:${(sdk.address() as AddressInfo).port}`));
  const metrics = async () => (await fetch(`http://${address}/metrics`)).text();

  const context = { metricMeter: {} } as ConstructorParameters<typeof RunMetrics>[0];
  const [first, second] = ['a', 'b'].map(
    (runKey) => new RunMetrics(context, { studyId: 'mine', dataset: 'mnist', runKey }),
  ) as [RunMetrics, RunMetrics];
  await first.ofAttempt(async () => {
    first.progress(progress(100, 2));
    await second.ofAttempt(async () => {
      second.progress(progress(50, 1));
      expect(await metrics()).toBe(`temporal_counter 1
# HELP beyond_imagenet_images_per_second Images per second of all running trainings.
# TYPE beyond_imagenet_images_per_second gauge
beyond_imagenet_images_per_second{dataset="mnist",studyId="mine"} 150
# HELP beyond_imagenet_training_loss Mean loss of the running trainings.
# TYPE beyond_imagenet_training_loss gauge
beyond_imagenet_training_loss{dataset="mnist",studyId="mine"} 1.5
`);
    });
    expect(await metrics()).toContain('{dataset="mnist",studyId="mine"} 100\n');
  });
  expect(await metrics()).toBe('temporal_counter 1\n');
  expect((await fetch(`http://${address}/`)).status).toBe(404);
});

test('an incomplete answer of the SDK is an error for Prometheus, not the end of the worker', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const sdk = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('temporal_counter', () => response.destroy());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void sdk.close());
  await once(sdk, 'listening');
  const address = `127.0.0.1:${await freePort(0)}`;
  onTestFinished(await serveMetrics(address, `127.0.0.1:${(sdk.address() as AddressInfo).port}`));
  expect((await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(5000) })).status).toBe(503);
  expect(unhandled).toEqual([]);
});

test('the text of gauges quotes labels, and a training without a finite loss has none', () => {
  const text = gaugesText([{ studyId: 'a', dataset: 'my "own"\\', imagesPerSecond: 1, loss: NaN }]);
  expect(text).toContain('beyond_imagenet_training_loss{dataset="my \\"own\\"\\\\",studyId="a"} NaN\n');
});
