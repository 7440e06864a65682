import type { Command } from 'commander';
import type { NetworkInput } from '../design-space/architecture.ts';
import { integerFrom, positiveInteger } from './option-parsers.ts';

const usual: NetworkInput = { imageSize: 224, channels: 3, classes: 1000 };

/** Adds the options that say what networks are built for, whatever their file says. */
export function withNetworkOptions(command: Command): Command {
  const otherwise = (value: number) => `(default: what the file names, else ${value})`;
  return command
    .option('--image-size <pixels>', `side of the images ${otherwise(usual.imageSize)}`, positiveInteger)
    .option('--channels <number>', `channels of the images ${otherwise(usual.channels)}`, integerFrom(1, 4))
    .option('--classes <number>', `classes ${otherwise(usual.classes)}`, integerFrom(2));
}

/** What an architecture is built for: what the options say, else its file, else ImageNet's images and classes. */
export function networkFrom(options: Partial<NetworkInput>, stated: Partial<NetworkInput>): NetworkInput {
  const { imageSize, channels, classes } = { ...usual, ...stated, ...options };
  return { imageSize, channels, classes };
}
