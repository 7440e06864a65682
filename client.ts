import { Command } from 'commander';
import { register as registerAnalyze } from './commands/analyze.ts';
import { register as registerComplexity } from './commands/complexity.ts';
import { register as registerDatasets } from './commands/datasets.ts';
import { register as registerDoctor } from './commands/doctor.ts';
import { register as registerExport } from './commands/export.ts';
import { register as registerList } from './commands/list.ts';
import { register as registerPlan } from './commands/plan.ts';
import { register as registerReport } from './commands/report.ts';
import { register as registerSample } from './commands/sample.ts';
import { register as registerShow } from './commands/show.ts';
import { register as registerStart } from './commands/start.ts';
import { register as registerStatus } from './commands/status.ts';
import { register as registerSteering } from './commands/steer.ts';
import { register as registerTrain } from './commands/train.ts';
import { register as registerVerify } from './commands/verify.ts';
import { runProgram } from './commands/run-program.ts';

/**
 * The command line. Each command is one file of `commands/` that adds itself to the program and loads what it needs only
 * when it runs, so that no command pays for another's libraries.
 *
 * Exit codes: 0 on success, 1 on a failure, 2 on wrong usage, 130 when it was interrupted.
 */
const program = new Command('beyond-imagenet')
  .description('Do CNN architectures that do well on ImageNet do well elsewhere?')
  .exitOverride()
  .showHelpAfterError('(add --help for the options)');

registerStart(program);
registerStatus(program);
registerList(program);
registerSteering(program);
registerPlan(program);
registerReport(program);
registerExport(program);
registerVerify(program);
registerSample(program);
registerComplexity(program);
registerShow(program);
registerAnalyze(program);
registerTrain(program);
registerDatasets(program);
registerDoctor(program);

await runProgram(program);
