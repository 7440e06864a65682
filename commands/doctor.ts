import type { Command } from 'commander';
import type { WorkerOptions } from '../runtime/devices.ts';
import type { ConfigSource } from './config-source.ts';
import { collect } from './option-parsers.ts';
import { withStateOptions } from './state-option.ts';
import type { StudiesOptions } from './with-studies.ts';
import { addWorkerOptions } from './worker-options.ts';

export interface DoctorOptions extends WorkerOptions, StudiesOptions, Pick<ConfigSource, 'preset' | 'config' | 'set'> {
  json?: true;
}

export function register(program: Command): void {
  addWorkerOptions(
    withStateOptions(
      program
        .command('doctor')
        .description(
          'whether this machine can do its part in a study, and what to do where it cannot; exit code 1 if not',
        )
        .option('--preset <name>', 'a study that is to be carried out here: its time, data and disk')
        .option('--config <file>', 'the same, by its config (JSON)')
        .option('--set <field=value>', 'change a field of it; may be repeated', collect, [])
        .option('--json', 'as JSON'),
    ),
  ).action(async (options: DoctorOptions) => {
    const { runDoctor } = await import('./run-doctor.ts');
    process.exitCode = await runDoctor(options);
  });
}
