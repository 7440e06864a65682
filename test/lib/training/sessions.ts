import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import { architectureSchema, type Architecture } from '../../../lib/design-space/architecture.ts';
import { layersOf } from '../../../lib/design-space/layers.ts';
import { protocolSchema, type RunningProtocol } from '../../../lib/training/protocol.ts';
import { stream } from '../../../lib/core/random.ts';
import { initialState } from '../../../lib/training/initial-weights.ts';
import type { ImageExtents } from '../../../lib/training/sampling.ts';
import type { BatchImages, DatasetDescription, NetworkState } from '../../../lib/training/session.ts';
import { openTrainingSession, type TensorFlowSession } from '../../../lib/training/tensorflow-session.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { tinyArchitecture } from './tiny-architecture.ts';

/** A dataset of small images whose channels differ in their statistics. */
export function description(imageSize: number, channels: number, classes = 10): DatasetDescription {
  const each = <T>(value: (channel: number) => T) => Array.from({ length: channels }, (_, channel) => value(channel));
  return {
    imageSize,
    fit: 'square',
    channels,
    classes,
    normalization: { mean: each((channel) => 0.3 + 0.1 * channel), std: each((channel) => 0.2 + 0.05 * channel) },
    pca: {
      eigenvalues: each((channel) => 0.2 / (channel + 1)),
      eigenvectors: each((row) => each((column) => (row === column ? 1 : 0))),
    },
  };
}

export function randomPixels(images: number, { imageSize, channels }: DatasetDescription, seed = 0): Uint8Array {
  const random = stream(seed, 'pixels');
  return Uint8Array.from({ length: images * imageSize ** 2 * channels }, () => random.integer(256));
}

/** Images of a dataset whose pixels lie one after the other. */
export function imagesOf(pixels: Uint8Array, { imageSize, channels }: DatasetDescription): Required<BatchImages> {
  const count = pixels.length / (imageSize ** 2 * channels);
  return {
    pixels,
    extents: extentsOf(
      Array.from({ length: count }, (_, index) => index),
      imageSize,
    ),
  };
}

/** Where images of one size lie in the pixels of all, by their indices. */
export const extentsOf = (indices: ArrayLike<number>, imageSize: number): ImageExtents => ({
  starts: Int32Array.from(indices, (index) => index * imageSize ** 2),
  heights: new Uint16Array(indices.length).fill(imageSize),
  widths: new Uint16Array(indices.length).fill(imageSize),
});

export const cyclingLabels = (images: number, classes: number) =>
  Int32Array.from({ length: images }, (_, image) => image % classes);

export interface OpenedSession {
  session: TensorFlowSession;
  /** What it was restored to. */
  state: NetworkState;
}

interface NetworkOptions {
  dataset: DatasetDescription;
  protocol?: Partial<z.input<typeof protocolSchema>>;
  architecture?: z.input<typeof architectureSchema> | Architecture;
}

function networkOf({ dataset, protocol = {}, architecture = tinyArchitecture }: NetworkOptions) {
  const parsed = protocolSchema.parse({ epochs: 1, batchSize: 8, ...protocol }) as RunningProtocol;
  const network = { ...dataset, imageSize: parsed.imageSize ?? dataset.imageSize };
  return { dataset, protocol: parsed, layers: layersOf(architectureSchema.parse(architecture), network) };
}

/** A session with its initial weights, gone when the test ends. */
export async function openSession({
  residentPixels,
  ...options
}: NetworkOptions & { residentPixels?: Uint8Array }): Promise<OpenedSession> {
  const network = networkOf(options);
  const directory = await temporaryFolder();
  const session = await openTrainingSession({ ...network, directory, ...(residentPixels && { residentPixels }) });
  onTestFinished(() => session.close());
  const state = initialState(network.layers, stream(1, 'init'));
  session.restore(state);
  return { session, state };
}
