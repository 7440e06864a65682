import { Option, type Command } from 'commander';

/** Adds the options that say where a command's studies are. */
export function withStateOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--state <dir>', 'folder for server, results and checkpoints (default: .beyond-imagenet)').env(
        'BEYOND_IMAGENET_STATE',
      ),
    )
    .addOption(
      new Option('--store <location>', 'artifact store (default: store/ in the state folder)').env(
        'BEYOND_IMAGENET_STORE',
      ),
    );
}
