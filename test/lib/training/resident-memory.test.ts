import { expect, test } from 'vitest';
import { architectureOf, smallNetwork, studyNetworks } from '../../../bench/training/networks.ts';
import { layersOf } from '../../../lib/design-space/layers.ts';
import { fitsOnGpu, stepBytes } from '../../../lib/training/resident-memory.ts';

const [mebibyte, gibibyte] = [2 ** 20, 2 ** 30];

/** Resident sizes of a process on two threads at their largest, two float32 steps of the benchmark, in MiB. */
const measured = [
  { name: 'small network', batchSize: 128, peak: 1043 },
  ...[1907, 2766, 1834, 1775, 1845].map((peak, index) => ({ name: `network ${index + 1}`, batchSize: 32, peak })),
];
/** Of these, what Node and TensorFlow take by themselves. */
const processItself = 500;

test('the memory of a step is estimated to within a tenth of the measurement', async () => {
  const networks = [await smallNetwork(), ...(await studyNetworks())];
  measured.forEach(({ name, batchSize, peak }, index) => {
    const network = networks[index]!;
    const layers = layersOf(architectureOf(network), { ...network, channels: 3 });
    const protocol = { batchSize, precision: 'float32' as const };
    const reckoned = stepBytes(layers, protocol) / mebibyte;
    expect(Math.abs(reckoned / (peak - processItself) - 1), name).toBeLessThan(0.1);
    expect(stepBytes(layers, { ...protocol, precision: 'bfloat16' }) / mebibyte).toBeLessThan(0.6 * reckoned);
  });
});

test('images stay on a GPU if they fit together with a step and 4 GiB for its convolutions', () => {
  expect(fitsOnGpu(gibibyte, gibibyte, 6 * gibibyte)).toBe(true);
  expect(fitsOnGpu(gibibyte, gibibyte, 6 * gibibyte - 1)).toBe(false);
});
