import { DatasetError } from '../../lib/datasets/dataset-error.ts';
import { datasetFacts } from '../../lib/datasets/dataset-facts.ts';
import type { StateFolder } from '../../lib/core/files/state-folder.ts';
import { threeDigits } from '../../lib/report/words/numbers.ts';
import type { ArtifactStore } from '../../lib/store/artifact-store.ts';
import type { Submission } from '../../lib/study/documents/submission.ts';
import { costOf, type StudyCost } from '../../lib/study/cost.ts';
import { networksOf } from '../../lib/study/networks.ts';
import type { Device } from '../../lib/training/device.ts';
import { TrainingFailure } from '../../lib/training/failures.ts';
import type { Role } from '../../workflows/task-queues.ts';
import { writeMeasuredSpeeds, type MeasuredSpeeds } from '../measured-speeds.ts';
import { checkCommand, trainersInWords } from './trainers.ts';
import { checkDatasets } from './datasets.ts';
import { differentDevices } from './devices.ts';
import { checkDisks } from './disk.ts';
import { failure, ok, reasonOf, warning, type Finding } from './finding.ts';
import { checkGoldenNetwork } from './golden-network.ts';
import { checkNativeParts } from './native-parts.ts';
import { checkProcessors } from './processors.ts';
import { checkStore } from './store.ts';
import { studyTime } from './study-time.ts';
import { checkTemporalServer } from './temporal-server.ts';
import { measuredSpeeds, measureThroughput, type Throughput } from './throughput.ts';

export interface ExaminationOptions {
  state: StateFolder;
  store: ArtifactStore;
  /** Folder of the store; undefined if it is not on this machine. */
  storeFolder: string | undefined;
  devices: readonly Device[];
  dataRoot: string | undefined;
  /** Whether to start workflows on the Temporal server to find out if it shares tasks evenly. */
  triesFairness: boolean;
  /** Roles of the workers that will run here; only what they need is checked. */
  roles: readonly Role[];
  /** A study that will be carried out here. */
  study?: Pick<Submission, 'config' | 'architectures'> | undefined;
  signal?: AbortSignal;
}

/** Checks whether this machine can do its part in a study; yields each finding as soon as it is made. */
export async function* examine(options: ExaminationOptions): AsyncGenerator<Finding> {
  const { state, store, storeFolder, devices, dataRoot, roles, study, signal, triesFairness } = options;
  const cost = study && (await costOfStudy(study, dataRoot).catch(unlessMissing));
  const trainer = study?.config.rehearsal === undefined ? study?.config.trainer : undefined;
  const nativeParts = await checkNativeParts(trainer === undefined ? undefined : ['temporal']);
  yield nativeParts;
  if (roles.includes('train')) {
    const processors = checkProcessors(devices);
    yield* processors;
    const unfit = [nativeParts, ...processors].find(({ status }) => status === 'failure');
    if (trainer !== undefined) yield checkCommand(trainer);
    else if (unfit === undefined) yield* checkTraining({ state, devices, study, cost, signal });
    else yield warning('training', `not checked because of the ${unfit.name}`, unfit.remedy!);
    if (study === undefined) yield trainersInWords(await checkNativeParts(['tensorflow']));
  }
  yield* await checkTemporalServer(state, triesFairness);
  yield await checkStore(store);
  if (roles.includes('data')) yield* await checkDatasets(dataRoot, study?.config);
  yield* await checkDisks([
    { what: 'prepared datasets', folder: state.work, bytes: cost?.disk.prepared ?? 0 },
    ...(storeFolder === undefined
      ? []
      : [
          {
            what: 'results',
            folder: storeFolder,
            bytes: (study && cost?.disk.runs[study.config.execution.retain]) ?? 0,
          },
        ]),
  ]);
}

async function* checkTraining({
  state,
  devices,
  study,
  cost,
  signal,
}: Pick<ExaminationOptions, 'state' | 'devices' | 'study'> & {
  cost: StudyCost | undefined;
  signal: AbortSignal | undefined;
}): AsyncGenerator<Finding> {
  let isFit = true;
  for (const device of differentDevices(devices)) {
    const finding = await checkGoldenNetwork(device, 2, signal);
    isFit &&= finding.status === 'ok';
    yield finding;
  }
  if (!isFit) return;
  const throughputs: Throughput[] = [];
  try {
    for await (const throughput of measureThroughput(devices, signal)) {
      throughputs.push(throughput);
      const { precision, speed } = throughput;
      if (speed !== undefined)
        yield ok(
          `speed at ${precision}`,
          `${threeDigits(speed.imagesPerSecond)} images/s of a network of 0.35 GF at 224 pixels, ${devices.length === 1 ? 'in one slot' : `in ${devices.length} slots together`}`,
        );
    }
  } catch (error) {
    const remedy =
      error instanceof TrainingFailure && error.kind === 'out-of-memory'
        ? 'take fewer slots: --slots <n>'
        : 'see the message, and end other programs that use the device';
    yield failure('speed', reasonOf(error), remedy);
    return;
  }
  yield* await keep(measuredSpeeds(devices, throughputs), state);
  if (study !== undefined && cost !== undefined) yield studyTime(study.config, cost, throughputs, devices.length);
}

/** Stores the measurements for `plan`; returns a finding if the state folder cannot be written. */
async function keep(speeds: MeasuredSpeeds, state: StateFolder): Promise<Finding[]> {
  try {
    await writeMeasuredSpeeds(state, speeds);
    return [];
  } catch (error) {
    const remedy = 'free some space there, or name a folder that this user can write: --state <dir>';
    return [failure('state folder', `${state.root} cannot be written to: ${reasonOf(error)}`, remedy)];
  }
}

/** Ignores a user's missing dataset, which another finding reports. */
function unlessMissing(error: unknown): undefined {
  if (error instanceof DatasetError) return undefined;
  throw error;
}

async function costOfStudy(
  { config, architectures }: Pick<Submission, 'config' | 'architectures'>,
  dataRoot: string | undefined,
): Promise<StudyCost> {
  return costOf(config, (await networksOf(config)) ?? architectures!, await datasetFacts(config.datasets, dataRoot));
}
