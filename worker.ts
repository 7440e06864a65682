import { Command } from 'commander';
import { roleOption } from './commands/options/role-option.ts';
import { runProgram } from './commands/run-program.ts';
import type { WorkerRunOptions } from './commands/run-worker.ts';
import { withStateOptions } from './commands/options/state-option.ts';
import { addWorkerOptions } from './commands/options/worker-options.ts';

/**
 * A worker in some roles on a configured Temporal server (TEMPORAL_ADDRESS, or a profile): `npm run worker -- --role train --gpus 0,1`.
 * It works until it is told to end; its trainings then continue elsewhere, or here when it is back.
 */
const program = addWorkerOptions(
  withStateOptions(
    new Command('worker')
      .description('work for the studies of a configured Temporal server')
      .addOption(roleOption())
      .option(
        '--deployment <name>',
        'worker deployment on the server that this worker is a version of (Worker Versioning)',
      ),
  ),
)
  .exitOverride()
  .action(async (options: WorkerRunOptions) => {
    const { runWorker } = await import('./commands/run-worker.ts');
    process.exitCode = await runWorker(options);
  });

await runProgram(program);
