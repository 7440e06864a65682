import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layer } from '../design-space/layers.ts';
import type { TrainingProtocol } from './protocol.ts';
import { servingGraph } from './graph/serving-graph.ts';
import { testFraming } from './framing.ts';
import type { DatasetDescription, NetworkState } from './session.ts';

/**
 * Exports a trained network as a SavedModel that classifies images (signatures: `servingGraph`), with the class names in `classes.json`. It
 * replaces the folder as a whole.
 */
export async function exportSavedModel(
  directory: string,
  network: {
    layers: readonly Layer[];
    state: NetworkState;
    protocol: Pick<TrainingProtocol, 'imageSize' | 'testShortSide' | 'batchNorm'>;
    dataset: DatasetDescription;
    classNames: readonly string[];
  },
): Promise<void> {
  const { dataset, protocol, layers, state } = network;
  const { size, shortSide } = testFraming(dataset, protocol);
  const { builder, signatures } = servingGraph({
    layers,
    state,
    sizes: { network: size, channels: dataset.channels },
    normalization: dataset.normalization,
    shortSide,
    epsilon: protocol.batchNorm.epsilon,
  });
  const partial = `${directory}.partial`;
  await rm(partial, { recursive: true, force: true });
  await builder.save(partial, signatures);
  // Loaders expect this folder, which is empty because the weights are in the graph.
  await mkdir(join(partial, 'variables'));
  await writeFile(join(partial, 'classes.json'), `${JSON.stringify(network.classNames, undefined, 2)}\n`);
  await rm(directory, { recursive: true, force: true });
  await rename(partial, directory);
}
