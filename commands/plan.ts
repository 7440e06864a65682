import type { Command } from 'commander';
import { resolveRequest } from '../control/submission-request.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import { datasetFacts } from '../lib/datasets/dataset-facts.ts';
import { costOf } from '../lib/study/cost.ts';
import { networksOf } from '../lib/study/networks.ts';
import { gpusFedByOneDisk } from '../lib/study/data-bound.ts';
import { gpuSpeeds, type GpuSpeed } from '../lib/study/gpu-speeds.ts';
import { readMeasuredSpeeds } from '../runtime/measured-speeds.ts';
import { configDocument, type ConfigSource } from './options/config-source.ts';
import { dataRootOption } from './options/data-root-option.ts';
import { collect } from './options/option-parsers.ts';
import { planText, type Duration } from './terminal/plan-text.ts';
import { print, printJson } from './terminal/print.ts';

interface PlanOptions extends ConfigSource {
  json: boolean;
  state?: string;
  dataRoot?: string;
}

/** `plan`: shows what a study costs, and how that is estimated. */
export function register(program: Command): void {
  program
    .command('plan')
    .description('show the runs, images, flops, disk and estimated GPU-days of a study, before anything is spent')
    .option('--preset <name>', 'study that is included in the project (default: quickstart)')
    .option('--config <file>', 'study config (JSON)')
    .option('--set <field=value>', 'change a field of the study; may be repeated', collect, [])
    .option('--state <dir>', 'state folder, for the speeds that doctor measured on this machine')
    .addOption(dataRootOption())
    .option('--json', 'print the plan as JSON', false)
    .action(plan);
}

async function plan(options: PlanOptions): Promise<void> {
  const submission = await resolveRequest({ ...(await configDocument(options)), set: options.set });
  const { config } = submission;
  const networks = (await networksOf(config)) ?? submission.architectures!;
  const cost = costOf(config, networks, await datasetFacts(config.datasets, options.dataRoot));
  const { activations } = cost;
  const speeds = activations === null ? [] : [...(await speedsHere(options.state)), ...gpuSpeeds];
  const daysAt = (activationsPerSecond: number) => activations! / activationsPerSecond / 86_400;
  const durations = speeds.map(({ name, activationsPerSecond, source }): Duration => ({
    gpu: name,
    days: { least: daysAt(activationsPerSecond[1]), most: daysAt(activationsPerSecond[0]) },
    fedByOneDisk: finiteOrNull(gpusFedByOneDisk(cost.datasets, activationsPerSecond[1])),
    source,
  }));
  if (options.json) printJson({ ...cost, retain: config.execution.retain, durations });
  else print(planText(cost, durations, config.execution.retain, config.name === 'paper'));
}

const finiteOrNull = (value: number) => (Number.isFinite(value) ? value : null);

/** Returns the speeds that `doctor` measured on this machine; empty if it has not measured any. */
async function speedsHere(state: string | undefined): Promise<GpuSpeed[]> {
  const measured = await readMeasuredSpeeds(stateFolder(state));
  return (measured?.speeds ?? []).map(({ precision, activationsPerSecond }) => ({
    name: `this machine, ${precision}`,
    activationsPerSecond: [activationsPerSecond, activationsPerSecond] as const,
    source: `${measured!.slots}: measured by doctor on ${measured!.measuredAt.slice(0, 10)}`,
  }));
}
