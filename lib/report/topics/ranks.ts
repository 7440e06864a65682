import { slopeChart } from '../charts/slope.ts';
import { html, joined } from '../markup.ts';
import { titleOf, type PageData } from '../page-data.ts';
import { commonRanks, extremesOf, sharedExtremes } from '../rankings.ts';
import { judgedTargets } from '../targets.ts';
import { counted, percent } from '../words/numbers.ts';
import { drawn } from './drawn.ts';
import type { Figure } from './figure.ts';
import type { Topic } from './topic.ts';

/** From the ranking on the reference to that on another dataset, network by network. */
export const ranks: Topic = {
  id: 'ranks',
  figures: rankFigures,
  section: ({ data }) => {
    const [figure] = rankFigures(data);
    if (figure === undefined) return undefined;
    const targets = judgedTargets(data);
    return {
      name: 'From one ranking to the other',
      title: headline(data, targets[0]!.dataset),
      content: joined([
        html`<p class="sub">
          Each line is a network, from its rank on ${titleOf(data, data.reference)} to its rank on ${targets[0]!.title}.
          <span class="scripted-only">Point at one to see its name; select it to follow it through every chart.</span>
        </p>`,
        html`<div id="target-choice"></div>`,
        drawn(figure),
      ]),
    };
  },
};

/** Whether the ends of the ranking stay where they are, in words. */
function headline(data: PageData, target: string): string {
  const all = ranksOf(data, target);
  const k = extremesOf(all);
  const { best, worst } = sharedExtremes(all, k);
  if (k === 0) return 'From one ranking to the other';
  const most = (count: number) => count >= 0.6 * k;
  const few = (count: number) => count <= 0.3 * k;
  const prefix = 'From one ranking to the other: ';
  if (most(best) && most(worst)) return `${prefix}the best stay good and the worst stay bad`;
  if (most(worst)) return `${prefix}the worst stay bad, the order of the best is less certain`;
  if (most(best)) return `${prefix}the best stay good, the order of the worst is less certain`;
  if (few(best) && few(worst)) return `${prefix}both ends change`;
  return `${prefix}some of the best and of the worst stay`;
}

const ranksOf = (data: PageData, target: string) =>
  commonRanks(data.errors[0]!, data.errors[data.datasets.findIndex(({ dataset }) => dataset === target)]!);

function rankFigures(data: PageData): Figure[] {
  const targets = judgedTargets(data);
  const [first] = targets;
  if (first === undefined || extremesOf(ranksOf(data, first.dataset)) === 0) return [];
  const reference = titleOf(data, data.reference);
  const chosen = (name: string | undefined) => targets.find(({ dataset }) => dataset === name) ?? first;
  return [
    {
      id: 'ranks',
      alternative: `Ranks of ${counted(first.pair.n, 'network')} on ${reference} and on ${first.title}, a line each`,
      isInteractive: true,
      hasNarrow: true,
      draw: (theme, { target }, form = 'wide') => {
        const { dataset, title } = chosen(target);
        const column = data.errors[data.datasets.findIndex((facts) => facts.dataset === dataset)]!;
        const all = ranksOf(data, dataset);
        const k = extremesOf(all);
        const stay = sharedExtremes(all, k);
        const marked = (indices: readonly number[]) => indices.filter((index) => all[index]);
        return slopeChart(
          {
            left: reference,
            right: title,
            ranks: all,
            names: data.architectures,
            leftText: (index) => percent(data.errors[0]![index], 1),
            rightText: (index) => percent(column[index], 1),
            best: marked(data.best),
            worst: marked(data.worst),
            stay: {
              best: [`${stay.best} of ${k}`, 'of the best stay', 'among the best'],
              worst: [`${stay.worst} of ${k}`, 'of the worst stay', 'among the worst'],
            },
          },
          theme,
          form,
        );
      },
      table: () => ({
        header: ['architecture', 'target', 'referenceRank', 'targetRank'],
        rows: targets.flatMap(({ dataset }) =>
          ranksOf(data, dataset).flatMap((of, index) =>
            of === null ? [] : [[data.architectures[index]!, dataset, of[0], of[1]]],
          ),
        ),
      }),
    },
  ];
}
