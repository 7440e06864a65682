import { InvalidArgumentError, type Command } from 'commander';
import type { Study } from '../../control/study.ts';
import type { RetryRequest } from '../../activities/contract.ts';
import { collect, positiveInteger } from '../options/option-parsers.ts';
import { withStateOptions } from '../options/state-option.ts';
import type { StudiesOptions } from './with-studies.ts';

/** The commands that steer a study: thin wrappers around `Study`. */
export function register(program: Command): void {
  steering(program, 'pause', 'begin no more runs; running trainings finish their epoch and keep a checkpoint').action(
    steer(async (study) => {
      await study.pause();
      return `Paused. resume ${study.id} continues it.`;
    }),
  );

  steering(program, 'resume', 'continue a study that is paused, or on hold because something failed').action(
    steer(async (study) => {
      await study.resume();
      return 'Resumed.';
    }),
  );

  steering(
    program,
    'cancel',
    'end a running study; finished runs are kept, and another start continues from there',
  ).action(
    steer(async (study) => {
      await study.cancel();
      return 'Cancelled. Finished runs are kept, and another start continues from there.';
    }),
  );

  steering(
    program,
    'limit',
    'limit how many runs of a study the workers have at a time; the newest beyond it finish their epoch and keep a checkpoint',
  )
    .requiredOption('--concurrent <n>', 'number of runs, or none for no limit except that of each dataset', countOrNone)
    .action(
      steer<{ concurrent: number | 'none' }>(async (study, { concurrent }) => {
        await study.limit(concurrent === 'none' ? null : concurrent);
        return concurrent === 'none'
          ? 'No limit except that of each dataset.'
          : `At most ${concurrent} runs at a time, as soon as those beyond it have finished their epoch.`;
      }),
    );

  steering(program, 'retry', 'train the failed runs of a study again, even after it has ended')
    .option('--dataset <label>', 'only runs on this dataset')
    .option('--architecture <name>', 'only runs of this architecture')
    .option(
      '--from <where>',
      'checkpoint: continue where they stopped; scratch: start over',
      startOfRetry,
      'checkpoint',
    )
    .action(
      steer<RetryRequest>(async (study, { dataset, architecture, from }) => {
        const cleared = await study.retry({
          from,
          ...(dataset === undefined ? {} : { dataset }),
          ...(architecture === undefined ? {} : { architecture }),
        });
        const runs = Object.entries(cleared).map(([label, count]) => `${count} on ${label}`);
        return runs.length === 0 ? 'No run has failed.' : `Retrying ${runs.join(', ')}.`;
      }),
    );

  steering(program, 'extend', 'add architectures or datasets to a study, even after it has ended')
    .option('--architectures <n>', 'total number of architectures', positiveInteger)
    .option('--dataset <selection>', 'a dataset by its name, or a selection as JSON; may be repeated', selection, [])
    .action(
      steer<{ architectures?: number; dataset: Record<string, unknown>[] }>(async (study, options) => {
        const { architectures, dataset } = options;
        const runs = await study.extend({
          ...(architectures === undefined ? {} : { architectures }),
          ...(dataset.length === 0 ? {} : { datasets: dataset as never }),
        });
        return `The study now has ${runs} runs.`;
      }),
    );

  withStateOptions(
    program
      .command('variant')
      .argument('<id>', 'id of the original study')
      .description('start a study that differs from another in some fields; unchanged runs are shared')
      .option('--set <field=value>', 'change a field, e.g. protocol.epochs=3; may be repeated', collect, [])
      .requiredOption('--id <id>', 'id of the variant'),
  ).action(
    async (of: string, { id, set, ...where }: { id: string; set: string[] } & StudiesOptions) =>
      await steer(async (study) => {
        await study.variant({ id, set });
        return `The study ${id} is running: status ${id} shows its progress.`;
      })(of, where),
  );
}

const steering = (program: Command, name: string, description: string) =>
  withStateOptions(program.command(name).argument('<id>', 'id of the study').description(description));

/** An action that steers the study in its argument and prints the outcome. */
const steer =
  <Options extends object>(work: (study: Study, options: Options) => Promise<string>) =>
  async (id: string, options: Options & StudiesOptions): Promise<void> => {
    const { withStudies } = await import('./with-studies.ts');
    const done = await withStudies(options, (studies) => work(studies.study(id), options));
    process.stderr.write(`${done}\n`);
  };

function countOrNone(text: string): number | 'none' {
  return text === 'none' ? text : positiveInteger(text);
}

function startOfRetry(text: string): string {
  if (text !== 'checkpoint' && text !== 'scratch') throw new InvalidArgumentError('It must be checkpoint or scratch.');
  return text;
}

function selection(text: string, earlier: unknown[]): unknown[] {
  if (!text.trimStart().startsWith('{')) return [...earlier, { dataset: text }];
  try {
    return [...earlier, JSON.parse(text)];
  } catch (error) {
    throw new InvalidArgumentError(`It must be a name or a JSON object: ${(error as Error).message}.`);
  }
}
