import type { Command } from 'commander';
import { parseJsonWith } from '../lib/core/validation.ts';
import { ConfigError } from '../lib/core/errors.ts';
import { hostOptionsSchema } from '../runtime/host/host-options.ts';
import { runHost } from '../runtime/host/run-host.ts';
import { Teardown } from '../runtime/teardown.ts';
import { Interruption } from './interruption.ts';

/** `host`: runs the process that does the work of a state folder for all commands. They start it themselves, so help does not list it. */
export function register(program: Command): void {
  program
    .command('host', { hidden: true })
    .description('the server and the workers of a state folder; other commands start it')
    .argument('<options>', 'as JSON')
    .action(async (text: string) => {
      // The output is a file, which cannot be written if the disk is full; there is nobody to report it to.
      for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
      const teardown = new Teardown();
      const options = parseJsonWith(hostOptionsSchema, text, 'The options of the host are invalid', ConfigError);
      const interruption = new Interruption({ force: () => teardown.force(), patience: options.stopSeconds });
      process.exitCode = await runHost(options, interruption.signal, teardown);
    });
}
