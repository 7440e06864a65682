import { InvalidArgumentError, type Command } from 'commander';
import type { Study } from '../control/study.ts';
import type { RetryRequest } from '../activities/contract.ts';
import { collect, positiveInteger } from './option-parsers.ts';
import { withStateOptions } from './state-option.ts';
import type { StudiesOptions } from './with-studies.ts';

/** The commands that steer a study: thin shells over `Study`. */
export function register(program: Command): void {
  steering(program, 'pause', 'begin no further runs; trainings end after their epoch and keep a checkpoint').action(
    steer(async (study) => {
      await study.pause();
      return `Paused. resume ${study.id} goes on.`;
    }),
  );

  steering(program, 'resume', 'go on after a pause, and where a study holds because something failed').action(
    steer(async (study) => {
      await study.resume();
      return 'Resumed.';
    }),
  );

  steering(program, 'cancel', 'end a running study; what is finished stays, and a start goes on from there').action(
    steer(async (study) => {
      await study.cancel();
      return 'Cancelled. What is finished stays, and a start goes on from there.';
    }),
  );

  steering(program, 'limit', 'bound the runs of a study that are with the workers at a time')
    .requiredOption('--concurrent <n>', 'runs, or none for no limit but that of each dataset', countOrNone)
    .action(
      steer<{ concurrent: number | null }>(async (study, { concurrent }) => {
        await study.limit(concurrent);
        return concurrent === null ? 'No limit but that of each dataset.' : `At most ${concurrent} runs at a time.`;
      }),
    );

  steering(program, 'retry', 'train the runs of a study again that failed, also after its end')
    .option('--dataset <label>', 'only those on this dataset')
    .option('--architecture <name>', 'only those of this architecture')
    .option('--from <where>', 'checkpoint: go on where they were; scratch: anew', startOfRetry, 'checkpoint')
    .action(
      steer<RetryRequest>(async (study, { dataset, architecture, from }) => {
        const cleared = await study.retry({
          from,
          ...(dataset === undefined ? {} : { dataset }),
          ...(architecture === undefined ? {} : { architecture }),
        });
        const runs = Object.entries(cleared).map(([label, count]) => `${count} on ${label}`);
        return runs.length === 0 ? 'No run has failed.' : `Tried again: ${runs.join(', ')}.`;
      }),
    );

  steering(program, 'extend', 'add architectures or a dataset to a study, also after its end')
    .option('--architectures <n>', 'architectures in all', positiveInteger)
    .option('--dataset <selection>', 'a dataset by its name, or a selection as JSON; may be repeated', selection, [])
    .action(
      steer<{ architectures?: number; dataset: Record<string, unknown>[] }>(async (study, options) => {
        const { architectures, dataset } = options;
        const runs = await study.extend({
          ...(architectures === undefined ? {} : { architectures }),
          ...(dataset.length === 0 ? {} : { datasets: dataset as never }),
        });
        return `The study has ${runs} runs now.`;
      }),
    );

  withStateOptions(
    program
      .command('variant')
      .argument('<id>', 'of the study that it is a variant of')
      .description('start a study that differs from another one in some fields; runs that stay the same are shared')
      .option('--set <field=value>', 'what differs, e.g. protocol.epochs=3; may be repeated', collect, [])
      .requiredOption('--id <id>', 'of the variant'),
  ).action(
    async (of: string, { id, set, ...where }: { id: string; set: string[] } & StudiesOptions) =>
      await steer(async (study) => {
        await study.variant({ id, set });
        return `The study ${id} runs: status ${id} tells how it stands.`;
      })(of, where),
  );
}

const steering = (program: Command, name: string, description: string) =>
  withStateOptions(program.command(name).argument('<id>', 'of the study').description(description));

/** An action that steers the study of its argument and tells a person what is so now. */
const steer =
  <Options extends object>(work: (study: Study, options: Options) => Promise<string>) =>
  async (id: string, options: Options & StudiesOptions): Promise<void> => {
    const { withStudies } = await import('./with-studies.ts');
    const done = await withStudies(options, (studies) => work(studies.study(id), options));
    process.stderr.write(`${done}\n`);
  };

function countOrNone(text: string): number | null {
  return text === 'none' ? null : positiveInteger(text);
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
