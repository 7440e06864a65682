import { Option } from 'commander';

/** Where the state of studies lies on this machine. */
export function stateOption(): Option {
  return new Option('--state <dir>', 'folder for server, results and checkpoints (default: .beyond-imagenet)').env(
    'BEYOND_IMAGENET_STATE',
  );
}
