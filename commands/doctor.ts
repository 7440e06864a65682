import type { Command } from 'commander';
import { collect } from './options/option-parsers.ts';
import { roleOption } from './options/role-option.ts';
import { withStateOptions } from './options/state-option.ts';
import { addWorkerOptions } from './options/worker-options.ts';
import type { DoctorOptions } from './run-doctor.ts';

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
