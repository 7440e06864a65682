import { resolveRequest } from '../../control/submission-request.ts';
import { ConfigError } from '../../lib/core/errors.ts';
import { catalogue } from '../../lib/datasets/catalogue/index.ts';
import { selectionLabel } from '../../lib/datasets/selection-label.ts';
import { datasetSelectionSchema, type DatasetSelection } from '../../lib/datasets/selection.ts';
import { configDocument } from './config-source.ts';
import type { StudyConfig } from '../../lib/study/config.ts';

type StudyOptions = Pick<DatasetOptions, 'config' | 'preset' | 'set'>;

/** Options of the commands that can work on a study's datasets. */
export interface DatasetOptions {
  dataRoot?: string;
  config?: string;
  preset?: string;
  set: readonly string[];
  json?: true;
}

export interface ChosenDatasets {
  selections: DatasetSelection[];
  /** The study that the selections belong to; undefined if they come from the catalogue. */
  config: StudyConfig | undefined;
}

/** Returns the selections that a command's names and options refer to, as in `chosenDatasets`. */
export async function chosenSelections(names: readonly string[], options: StudyOptions): Promise<DatasetSelection[]> {
  return (await chosenDatasets(names, options)).selections;
}

/**
 * Returns what a command's names and options refer to: the selections of a study that have one of these names or labels, or all of them if
 * no name is given; without a study, whole datasets of the catalogue.
 * @throws ConfigError quoting a name without a dataset
 */
export async function chosenDatasets(
  names: readonly string[],
  { config, preset, set }: StudyOptions,
): Promise<ChosenDatasets> {
  const isOfStudy = config !== undefined || preset !== undefined;
  if (!isOfStudy && set.length > 0) throw new ConfigError('--set is invalid', ['it needs --config or --preset']);
  const study = isOfStudy
    ? (
        await resolveRequest({
          ...(await configDocument({ ...(config && { config }), ...(preset && { preset }) })),
          set,
        })
      ).config
    : undefined;
  const selections = study?.datasets ?? catalogue.map(({ name }) => datasetSelectionSchema.parse({ dataset: name }));
  if (names.length === 0) return { selections, config: study };
  const chosen = names.flatMap((name) => {
    const meant = selections.filter((selection) => selection.dataset === name || selectionLabel(selection) === name);
    if (meant.length > 0) return meant;
    const known = [...new Set(selections.map(({ dataset }) => dataset))].join(', ');
    throw new ConfigError('NAME is invalid', [`must be one of ${known}, got ${name}`]);
  });
  return { selections: chosen, config: study };
}

/**
 * Returns the one dataset that a command's name and options refer to, and the seed of its splits and draws.
 * @throws ConfigError like `chosenDatasets`, and if there are several datasets, listing their labels
 */
export async function oneDataset(
  name: string,
  options: StudyOptions,
): Promise<{ selection: DatasetSelection; config: StudyConfig | undefined; seed: number }> {
  const { selections, config } = await chosenDatasets([name], options);
  // A label may equal the name of a dataset of which the study has other selections.
  const exact = selections.filter(({ label }) => label === name);
  const [selection, ...others] = exact.length > 0 ? exact : selections;
  if (selection === undefined || others.length > 0)
    throw new ConfigError('NAME is invalid', [
      `must be one dataset, by its label: ${selections.map(({ label }) => label).join(', ')}`,
    ]);
  return { selection, config, seed: config?.seeds.data ?? 0 };
}
