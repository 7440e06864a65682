import { expect, onTestFinished, test } from 'vitest';
import { stream } from '../../../../lib/core/random.ts';
import { LayerList, type Layer } from '../../../../lib/design-space/layer-list.ts';
import { initialState } from '../../../../lib/training/initial-weights.ts';
import { protocolSchema } from '../../../../lib/training/protocol.ts';
import { openTrainingSession, type NormalizedImages } from '../../../../lib/training/tensorflow-session.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { cyclingLabels, description } from '../sessions.ts';

const dataset = description(5, 3, 4);
const batch = 6;

/** A network whose features go through a linear layer before the head, as in a block that weighs its channels. */
function twoLinearLayers(): Layer[] {
  const list = new LayerList();
  list.append({ kind: 'input', name: 'images', width: 3, size: dataset.imageSize });
  list.convolution('conv', 'images', 8, 3, 1);
  list.relu('relu', list.batchNorm('bn', 'conv'));
  list.append({ kind: 'globalAveragePool', name: 'pool', input: 'relu', width: 8 });
  list.append({ kind: 'linear', name: 'inner', input: 'pool', widthIn: 8, width: 5 });
  list.append({ kind: 'linear', name: 'head', input: 'inner', widthIn: 5, width: 4 });
  return list.layers;
}

async function open(layers: readonly Layer[]) {
  const protocol = { ...protocolSchema.parse({ epochs: 1, batchSize: batch }), precision: 'float32' as const };
  const session = await openTrainingSession({ layers, protocol, dataset, directory: await temporaryFolder() });
  onTestFinished(() => session.close());
  return session;
}

test('every linear layer gets the gradient of its own output', async () => {
  const layers = twoLinearLayers();
  const session = await open(layers);
  const random = stream(3, 'backward');
  const state = new Map(
    // Larger than before training, so that the differences below are larger than the rounding of float32.
    [...initialState(layers, random)].map(([name, values]) => [
      name,
      /^(inner|head)\.weight$/.test(name) ? values.map(() => random.normal()) : values,
    ]),
  );
  const values = Float32Array.from({ length: batch * 5 * 5 * 3 }, () => random.normal());
  const images: NormalizedImages = { values, shape: [batch, 5, 5, 3] };
  const labels = cyclingLabels(batch, 4);
  const lossAt = (name: string, index: number, change: number) => {
    const changed = Float32Array.from(state.get(name)!);
    changed[index]! += change;
    session.restore(new Map(state).set(name, changed));
    return session.gradients(images, labels).loss;
  };
  session.restore(state);
  const { gradient } = session.gradients(images, labels);
  for (const name of ['inner.weight', 'inner.bias', 'head.weight', 'head.bias'])
    for (const [index, value] of gradient.get(name)!.entries()) {
      const difference = (lossAt(name, index, 0.01) - lossAt(name, index, -0.01)) / 0.02;
      expect(Math.abs(value - difference), `${name}[${index}]`).toBeLessThan(1e-3);
    }
});

test('a layer whose output is not used is an error', async () => {
  const layers = twoLinearLayers();
  const unused: Layer = { kind: 'linear', name: 'unused', input: 'pool', widthIn: 8, width: 2 };
  await expect(open(layers.toSpliced(-1, 0, unused))).rejects.toThrow('the output of layer unused is not used');
});
