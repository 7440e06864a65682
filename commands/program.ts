import { Command } from 'commander';
import { register as registerAnalyze } from './analyze.ts';
import { register as registerComplexity } from './architectures/complexity.ts';
import { register as registerDatasets } from './datasets/datasets.ts';
import { register as registerDoctor } from './doctor.ts';
import { register as registerExport } from './studies/export.ts';
import { register as registerList } from './studies/list.ts';
import { register as registerPlan } from './studies/plan.ts';
import { register as registerReport } from './studies/report.ts';
import { register as registerSample } from './architectures/sample.ts';
import { register as registerShow } from './architectures/show.ts';
import { register as registerStart } from './studies/start.ts';
import { register as registerStatus } from './studies/status.ts';
import { register as registerSteering } from './studies/steer.ts';
import { register as registerTrain } from './train.ts';
import { register as registerVerify } from './studies/verify.ts';

/** Each command is one file that adds itself to the program and loads its libraries only when it runs: no command pays for another's. */
const registrations = [
  registerStart,
  registerStatus,
  registerList,
  registerSteering,
  registerPlan,
  registerReport,
  registerExport,
  registerVerify,
  registerSample,
  registerComplexity,
  registerShow,
  registerAnalyze,
  registerTrain,
  registerDatasets,
  registerDoctor,
];

/** The command line with all its commands. */
export function commandLine(): Command {
  const program = new Command('beyond-imagenet')
    .description('Do CNN architectures that do well on ImageNet do well elsewhere?')
    .exitOverride()
    .showHelpAfterError('(add --help for the options)');
  for (const register of registrations) register(program);
  return program;
}
