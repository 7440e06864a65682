import { Command, CommanderError } from 'commander';
import { register as registerAnalyze } from './commands/analyze.ts';
import { register as registerCancel } from './commands/cancel.ts';
import { register as registerComplexity } from './commands/complexity.ts';
import { register as registerList } from './commands/list.ts';
import { register as registerNotThereYet } from './commands/not-there-yet.ts';
import { register as registerReport } from './commands/report.ts';
import { register as registerSample } from './commands/sample.ts';
import { register as registerShow } from './commands/show.ts';
import { register as registerStart } from './commands/start.ts';
import { register as registerStatus } from './commands/status.ts';
import { register as registerTrain } from './commands/train.ts';
import { Interrupted, interruptedExitCode } from './commands/local/interruption.ts';
import { ConfigError } from './study/config.ts';
import { TrainingFailure } from './training/failures.ts';

/**
 * The command line. Each command is one file of `commands/` that adds itself to the program and loads what it needs only
 * when it runs, so that no command pays for another's libraries.
 *
 * Exit codes: 0 on success, 1 on a failed study or run, 2 on wrong usage, 130 when it was interrupted.
 */
const program = new Command('beyond-imagenet')
  .description('Do CNN architectures that do well on ImageNet do well elsewhere?')
  .exitOverride()
  .showHelpAfterError('(add --help for the options)');

registerStart(program);
registerStatus(program);
registerList(program);
registerCancel(program);
registerReport(program);
registerSample(program);
registerComplexity(program);
registerShow(program);
registerAnalyze(program);
registerTrain(program);
registerNotThereYet(program);

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const expected = error instanceof ConfigError || error instanceof Interrupted || error instanceof TrainingFailure;
    const text = !(error instanceof Error) ? String(error) : expected ? error.message : (error.stack ?? error.message);
    process.stderr.write(`${text}\n`);
    process.exitCode = error instanceof ConfigError ? 2 : error instanceof Interrupted ? interruptedExitCode : 1;
  }
}
