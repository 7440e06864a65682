import type { Command } from 'commander';
import { resolveRequest } from '../control/submission-request.ts';
import { exitCodes } from '../lib/core/errors.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import { trainingDevices, type WorkerOptions } from '../runtime/devices.ts';
import { examine } from '../runtime/doctor/doctor.ts';
import type { Finding } from '../runtime/doctor/finding.ts';
import { openStore } from '../lib/store/open-store.ts';
import type { Role } from '../workflows/task-queues.ts';
import { configDocument, type ConfigSource } from './options/config-source.ts';
import { Interruption } from './interruption.ts';
import { collect } from './options/option-parsers.ts';
import { roleOption } from './options/role-option.ts';
import { withStateOptions } from './options/state-option.ts';
import type { StudiesOptions } from './studies/open-studies.ts';
import { addWorkerOptions } from './options/worker-options.ts';
import { print, printJson, type Colours } from './terminal/print.ts';

interface DoctorOptions extends WorkerOptions, StudiesOptions, Pick<ConfigSource, 'preset' | 'config' | 'set'> {
  json?: true;
  fairness?: true;
  /** Roles of the workers that will run here. */
  role: Role[];
}

/** `doctor`: checks whether this machine can do its part in a study. */
export function register(program: Command): void {
  addWorkerOptions(
    withStateOptions(
      program
        .command('doctor')
        .description(
          'check whether this machine can do its part in a study, and say what to do if it cannot; exit code 1 if not',
        )
        .addOption(roleOption())
        .option('--preset <name>', 'also check time, data and disk for a study that is included in the project')
        .option('--config <file>', 'also check time, data and disk for the study in this config (JSON)')
        .option('--set <field=value>', 'change a field of the study; may be repeated', collect, [])
        .option(
          '--fairness',
          'also test whether the Temporal server shares tasks evenly: starts workflows on it that do nothing, and deletes them',
        )
        .option('--json', 'print the findings as JSON'),
    ),
  ).action(async (options: DoctorOptions) => {
    process.exitCode = await runDoctor(options);
  });
}

/** Examines this machine and prints each finding as it is made; returns the exit code. */
async function runDoctor(options: DoctorOptions): Promise<number> {
  const { preset, config, set = [], json } = options;
  const isAboutStudy = preset !== undefined || config !== undefined || set.length > 0;
  const study = isAboutStudy ? await resolveRequest({ ...(await configDocument(options)), set }) : undefined;
  const state = stateFolder(options.state);
  const store = openStore(options.store, state);
  const interruption = new Interruption();
  const findings: Finding[] = [];
  try {
    for await (const finding of examine({
      state,
      store,
      storeFolder: store.location.startsWith('s3://') ? undefined : store.location,
      devices: trainingDevices(options),
      dataRoot: options.dataRoot,
      roles: options.role,
      study,
      triesFairness: options.fairness === true,
      signal: interruption.signal,
    })) {
      findings.push(finding);
      if (!json) printFinding(finding);
    }
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    return exitCodes.interrupted;
  } finally {
    interruption.dispose();
  }
  const isFit = findings.every(({ status }) => status !== 'failure');
  if (json) printJson({ isFit, findings });
  return isFit ? exitCodes.success : exitCodes.failure;
}

const marks = { ok: 'ok     ', warning: 'warning', failure: 'FAILURE' } as const;

const colours: Colours = [
  [/^ok/, 'green'],
  [/^warning/, 'yellow'],
  [/^FAILURE/, 'red'],
];

function printFinding({ name, status, detail, remedy }: Finding): void {
  const lines = [`${marks[status]}  ${name}: ${detail}`, ...(remedy === undefined ? [] : [`         -> ${remedy}`])];
  print(lines.join('\n'), colours);
}
