import type { Command } from 'commander';
import type { WorkerOptions } from '../runtime/devices.ts';
import type { Role } from '../workflows/task-queues.ts';
import type { ConfigSource } from './config-source.ts';
import { collect } from './option-parsers.ts';
import { roleOption } from './role-option.ts';
import { withStateOptions } from './state-option.ts';
import type { StudiesOptions } from './with-studies.ts';
import { addWorkerOptions } from './worker-options.ts';

export interface DoctorOptions extends WorkerOptions, StudiesOptions, Pick<ConfigSource, 'preset' | 'config' | 'set'> {
  json?: true;
  /** Of the workers that are to run here. */
  role: Role[];
}

export function register(program: Command): void {
  addWorkerOptions(
    withStateOptions(
      program
        .command('doctor')
        .description(
          'check whether this machine can do its part in a study, and say what to do if it cannot; exit code 1 if not',
        )
        .addOption(roleOption())
        .option('--preset <name>', 'also check time, data and disk for this study that comes with the project')
        .option('--config <file>', 'also check time, data and disk for this study config (JSON)')
        .option('--set <field=value>', 'change a field of the study; may be repeated', collect, [])
        .option('--json', 'print the findings as JSON'),
    ),
  ).action(async (options: DoctorOptions) => {
    const { runDoctor } = await import('./run-doctor.ts');
    process.exitCode = await runDoctor(options);
  });
}
