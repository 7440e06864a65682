import { parallelChart } from '../charts/parallel.ts';
import { details } from '../elements.ts';
import { html, joined } from '../markup.ts';
import type { PageData } from '../page-data.ts';
import { titleOf } from '../page-data.ts';
import { drawn } from './drawn.ts';
import type { Figure } from './figure.ts';
import type { Topic } from './topic.ts';

/** The parameters of the stages of all networks, as parallel coordinates. */
export const parallel: Topic = {
  id: 'parallel',
  figures: parallelFigures,
  section: ({ data }) => {
    const [figure] = parallelFigures(data);
    if (figure === undefined) return undefined;
    return {
      title: 'Stage by stage',
      content: details(
        'The parameters of every stage, a line a network',
        joined([
          html`<p class="sub">
            A line is a network: <span class="best">the best on ${titleOf(data, data.reference)}</span>,
            <span class="worst">the worst</span>, and all others in grey.
          </p>`,
          drawn(figure),
        ]),
      ),
    };
  },
};

const stageKey = /^[dwbg]\d+$/;

function parallelFigures(data: PageData): Figure[] {
  const varies = (values: readonly (number | null)[]) => new Set(values).size > 1;
  const parameters = data.parameters.filter(({ key, values }) => stageKey.test(key) && varies(values[0]!));
  if (parameters.length < 3) return [];
  const axes = [
    ...parameters.map(({ title, values }) => ({ title, values: values[0]!, isLogarithmic: true })),
    {
      title: `Error on ${titleOf(data, data.reference)}`,
      values: data.errors[0]!.map((error) => error && 100 * error),
      isLogarithmic: false,
    },
  ];
  return [
    {
      id: 'stages',
      hasNarrow: true,
      alternative: `Parallel coordinates of the parameters of all stages and the error on ${titleOf(data, data.reference)}, a line a network`,
      draw: (theme, _display, form = 'wide') =>
        parallelChart({ axes, best: data.best, worst: data.worst }, theme, form),
      table: () => ({
        header: ['architecture', ...parameters.map(({ key }) => key), `error on ${data.reference}`],
        rows: data.architectures.map((name, row) => [
          name,
          ...parameters.map(({ values }) => values[0]![row] ?? null),
          data.errors[0]![row] ?? null,
        ]),
      }),
    },
  ];
}
