import type { Command } from 'commander';
import type { NetworkInput } from '../../lib/design-space/architecture.ts';
import { integerFrom, positiveInteger } from './option-parsers.ts';

const usual: NetworkInput = { imageSize: 224, channels: 3, classes: 1000 };

/** Adds the options that say which images and classes networks are built for; they override the file. */
export function withNetworkOptions(command: Command): Command {
  const otherwise = (value: number) => `(default: the value in the file, else ${value})`;
  return command
    .option('--image-size <pixels>', `side length of the images ${otherwise(usual.imageSize)}`, positiveInteger)
    .option('--channels <number>', `number of image channels ${otherwise(usual.channels)}`, integerFrom(1, 4))
    .option('--classes <number>', `number of classes ${otherwise(usual.classes)}`, integerFrom(2));
}

/** Returns the images and classes that an architecture is built for: from the options, else its file, else as for ImageNet. */
export function networkFrom(options: Partial<NetworkInput>, stated: Partial<NetworkInput>): NetworkInput {
  const { imageSize, channels, classes } = { ...usual, ...stated, ...options };
  return { imageSize, channels, classes };
}
