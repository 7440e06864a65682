import type { Command } from 'commander';
import type { NetworkInput } from '../design-space/architecture.ts';
import { positiveInteger } from './option-parsers.ts';

/** Adds the options that say what networks are built for, where their file does not. */
export function withNetworkOptions(command: Command): Command {
  return command
    .option('--image-size <pixels>', 'side of the images, where the file names none', positiveInteger, 224)
    .option('--channels <number>', 'channels of the images, where the file names none', positiveInteger, 3)
    .option('--classes <number>', 'classes, where the file names none', positiveInteger, 1000);
}

/** What an architecture is built for: what its file says, else the options. */
export function networkFrom(options: NetworkInput, stated: Partial<NetworkInput>): NetworkInput {
  const { imageSize, channels, classes } = { ...options, ...stated };
  return { imageSize, channels, classes };
}
