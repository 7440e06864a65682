import { Command } from 'commander';
import { register as registerAnalysis } from './analysis.ts';
import { register as registerDatasets } from './datasets.ts';
import { register as registerDesignSpace } from './design-space.ts';
import { register as registerOrchestration } from './orchestration.ts';
import { register as registerReport } from './report.ts';
import { register as registerTraining } from './training.ts';

/** `npm run bench -- <name>`: each benchmark is one file in this folder and prints a table and JSON. */
const program = new Command('bench').description(
  'ratios measured in one run; absolute figures depend on the machine and its load',
);

registerAnalysis(program);
registerDatasets(program);
registerDesignSpace(program);
registerOrchestration(program);
registerReport(program);
registerTraining(program);

await program.parseAsync();
