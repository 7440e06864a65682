import { readFile } from 'node:fs/promises';
import { architectureSchema, type Architecture } from '../../lib/design-space/architecture.ts';

/** A network in this folder's JSON files: an architecture and the input it is built for. */
export type Network = Omit<Architecture, 'blockType'> & { imageSize: number; classes: number };

/** Reads a network for small images, whose training step takes a fraction of a second. */
export const smallNetwork = async () => (await stored('bench-architecture.json')) as Network;

/** Reads networks of the size sampled in the paper, for 224x224 pixels. */
export const studyNetworks = async () => (await stored('study-architectures.json')) as Network[];

/** Returns the architecture of a network, which works with images of any size. */
export function architectureOf(network: Network): Architecture {
  const { stem, stemWidth, depths, widths, strides, bottleneckRatios, groupWidths } = network;
  return architectureSchema.parse({ stem, stemWidth, depths, widths, strides, bottleneckRatios, groupWidths });
}

async function stored(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(name, import.meta.url), 'utf8'));
}
