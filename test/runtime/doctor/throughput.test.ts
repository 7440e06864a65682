import { expect, test } from 'vitest';
import { catalogue } from '../../../lib/datasets/catalogue/index.ts';
import { studyTime } from '../../../runtime/doctor/study-time.ts';
import { measuredSpeeds, measureThroughput, type Throughput } from '../../../runtime/doctor/throughput.ts';
import { readMeasuredSpeeds, writeMeasuredSpeeds } from '../../../runtime/measured-speeds.ts';
import { stateFolder } from '../../../lib/core/files/state-folder.ts';
import { threeDigits } from '../../../lib/report/words/numbers.ts';
import { parseStudyConfig } from '../../../lib/study/config.ts';
import { costOf } from '../../../lib/study/cost.ts';
import { applyOverrides } from '../../../lib/study/overrides.ts';
import { preset } from '../../../lib/study/presets.ts';
import type { Device } from '../../../lib/training/device.ts';
import { TrainingFailure } from '../../../lib/training/failures.ts';
import type { measureSteps } from '../../../lib/training/probes.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const devices: Device[] = [
  { kind: 'cpu', threads: 1 },
  { kind: 'cpu', threads: 1 },
];

/** A machine whose slots train this many images a second at a precision; undefined if it is not supported. */
const trainingAt =
  (rates: Record<string, number | undefined>): typeof measureSteps =>
  ({ precision }) => {
    const imagesPerSecond = rates[precision];
    return imagesPerSecond === undefined
      ? Promise.reject(new TrainingFailure('no-gpu', `no ${precision}`))
      : Promise.resolve({ imagesPerSecond, versions: {} });
  };

const measured = async (rates: Record<string, number | undefined>): Promise<Throughput[]> => {
  const throughputs: Throughput[] = [];
  for await (const throughput of measureThroughput(devices, undefined, trainingAt(rates))) throughputs.push(throughput);
  return throughputs;
};

test('the speed of a machine is the sum over its slots, at each precision that it supports', async () => {
  const throughputs = await measured({ float32: 20, bfloat16: 30 });
  expect(throughputs).toMatchObject([
    { precision: 'float32', speed: { imagesPerSecond: 40 } },
    { precision: 'tf32', speed: undefined, reason: 'no tf32' },
    { precision: 'bfloat16', speed: { imagesPerSecond: 60 } },
    { precision: 'float16', speed: undefined },
  ]);
  const [float32, , bfloat16] = throughputs.map(({ speed }) => speed?.activationsPerSecond);
  expect(bfloat16! / float32!).toBeCloseTo(1.5);
});

test('a slot that fails for another reason fails the measurement', async () => {
  const failing = () => Promise.reject(new TrainingFailure('out-of-memory', 'no memory'));
  await expect(measureThroughput(devices, undefined, failing).next()).rejects.toThrow('no memory');
});

test('measurements are stored for plans', async () => {
  const state = stateFolder(await temporaryFolder());
  expect(await readMeasuredSpeeds(state)).toBeUndefined();
  const speeds = measuredSpeeds(devices, await measured({ float32: 20 }));
  expect(speeds).toMatchObject({ slots: '2 x CPU, 1 thread', speeds: [{ precision: 'float32', imagesPerSecond: 40 }] });
  await writeMeasuredSpeeds(state, speeds);
  expect(await readMeasuredSpeeds(state)).toEqual(speeds);
});

const quickstart = (...overrides: string[]) =>
  parseStudyConfig(applyOverrides(preset('quickstart'), overrides), catalogue);
const architecture = {
  stem: 'res_stem_cifar',
  stemWidth: 8,
  blockType: 'res_bottleneck_block',
  depths: [1],
  widths: [8],
  strides: [1],
  bottleneckRatios: [1],
  groupWidths: [8],
} as const;
const timeOf = async (overrides: string[], rates: Record<string, number | undefined>) => {
  const config = quickstart(...overrides);
  const cost = costOf(config, Array(1000).fill({ name: 'a', architecture }) as never, catalogue);
  return { finding: studyTime(config, cost, await measured(rates), devices.length), cost };
};

test('the time of a study is its activations divided by the speed at its precision', async () => {
  const rates = { float32: 20, bfloat16: 40 };
  const { finding, cost } = await timeOf([], rates);
  const [float32] = await measured(rates);
  const hours = cost.activations! / float32!.speed!.activationsPerSecond / 3600;
  expect(finding).toEqual({
    name: 'study quickstart',
    status: 'ok',
    detail: `4,000 runs, ${threeDigits(hours)} hours of this machine alone, by the activations of its networks, at float32`,
  });
  const { finding: automatic } = await timeOf(['protocol.precision=auto'], rates);
  expect(automatic.detail).toContain(`${threeDigits(hours / 2)} hours`);
  expect(automatic.detail).toContain('at bfloat16');
});

test('slots that together train faster than a disk reads are data-bound', async () => {
  const config = parseStudyConfig(
    {
      ...(preset('quickstart') as object),
      reference: 'imagenet',
      datasets: [{ dataset: 'imagenet', label: 'imagenet', fit: 'short-side', imageSize: 384 }],
      protocol: { epochs: 10, imageSize: 224, testShortSide: 256 },
    },
    catalogue,
  );
  const cost = costOf(config, [{ name: 'a', architecture }] as never, catalogue);
  const { imagesPerSecond, activationsPerSecond } = (await measured({ float32: 20 }))[0]!.speed!;
  const imagesRead = cost.datasets[0]!.trainingImages! + cost.datasets[0]!.forwardImages!;
  const rateFor = (slotsFed: number) => {
    // Bytes per second that this number of the two slots read from one disk, as whole photos.
    const needed = (3e9 / (384 * 512 * 3)) * (2 / slotsFed);
    const own = (imagesRead / cost.datasets[0]!.activations!) * activationsPerSecond;
    return (20 * needed) / own;
  };
  expect(imagesPerSecond).toBe(40);
  const of = async (rate: number, memory = 256e9) =>
    studyTime(config, cost, await measured({ float32: rate }), devices.length, memory).detail;
  expect(await of(rateFor(0.5))).toMatch(
    /; data-bound: one disk of 3 GB\/s feeds 0\.5 of 2 slots, since \d+ GB of images do not stay in 256 GB of memory$/,
  );
  expect(await of(rateFor(0.5), 2e12)).not.toContain('data-bound');
  expect(await of(rateFor(3))).not.toContain('data-bound');
});

test('a study at a precision that the machine does not support is a failure with the reason', async () => {
  const { finding } = await timeOf(['protocol.precision=tf32'], { float32: 20 });
  expect(finding).toMatchObject({ status: 'failure', detail: 'no tf32', remedy: expect.any(String) as string });
});
