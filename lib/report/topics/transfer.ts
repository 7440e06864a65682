import { groupBy } from '../group-by.ts';
import type { TargetAnalysis } from '../../analysis/index.ts';
import { weakCorrelation } from '../../analysis/inference/verdict.ts';
import { intervalChart, intervalStrip, intervalTable, type IntervalPlot } from '../charts/intervals.ts';
import type { ErrorScale } from '../charts/scales.ts';
import { scatterChart } from '../charts/scatter.ts';
import { html, joined, type Markup } from '../markup.ts';
import { titleOf, type PageData } from '../page-data.ts';
import { commonRanks, extremesOf, sharedExtremes } from '../rankings.ts';
import {
  judgedDatasets,
  judgedTargets,
  verdictColours,
  verdictKinds,
  type JudgedTarget,
  type Verdict,
} from '../targets.ts';
import { details, htmlTable } from '../elements.ts';
import {
  counted,
  dash,
  grouped,
  listed,
  ordinal,
  percent,
  points,
  pointsInterval,
  pValue,
  signed,
  signedInterval,
  withInterval,
} from '../words/numbers.ts';
import { parameterName } from '../words/parameters.ts';
import { verdictsInWords, verdictWords, whyNoIntervals } from '../words/verdicts.ts';
import { drawn } from './drawn.ts';
import type { Figure } from './figure.ts';
import type { Finding, Topic } from './topic.ts';

/** Whether the reference's ranking holds on the other datasets: the answer that the page begins with. */
export const transfer: Topic = {
  id: 'answer',
  figures: (data) => [...forestFigures(data), ...answerScatter(data)],
  finding,
  numbers: (data) => ({ title: `Agreement with ${titleOf(data, data.reference)}`, content: numbers(data) }),
};

function finding(data: PageData): Finding {
  const reference = titleOf(data, data.reference);
  const targets = judgedTargets(data);
  const [only] = targets;
  if (only === undefined)
    return {
      headline: `${counted(data.architectures.length, 'network')} on ${reference}`,
      sentence: `There is no other dataset, so nothing can be said of whether the ranking on ${reference} holds elsewhere.`,
      evidence: [],
    };
  const evidence = targets.map(evidenceOf);
  return targets.length === 1
    ? { headline: headlineOfOne(reference, only), sentence: sentenceOfOne(data, only), evidence }
    : { headline: headlineOfMany(reference, targets), sentence: sentenceOfMany(data, targets), evidence };
}

function evidenceOf({ title, verdict, pair, interval, analysis }: JudgedTarget): string {
  const { architecturesNeeded, pearsonDisagrees, pearsonMadeBy, divergedLast, overTestImages, bestThird } = analysis;
  return [
    `${title}: ${verdict}; ρ ${withInterval(pair.spearman, interval)}, r ${withInterval(pair.pearson, pair.pearsonCi95)}, ${counted(pair.n, 'network')}`,
    ...(architecturesNeeded === null ? [] : [`about ${grouped(architecturesNeeded)} networks would decide it`]),
    ...(pearsonDisagrees
      ? [`r and ρ disagree${pearsonMadeBy.length === 0 ? '' : `, because of ${listed(pearsonMadeBy)}`}`]
      : []),
    ...(divergedLast === null || divergedLast.verdict === verdict
      ? []
      : [`with diverged trainings ranked last it would be ${divergedLast.verdict}`]),
    ...(overTestImages === null || overTestImages.verdict === verdict
      ? []
      : [`for other test images of the same kind it would be ${overTestImages.verdict}`]),
    ...(bestThird.spearmanCi95 === null
      ? []
      : [`among the best third on the reference ρ ${withInterval(bestThird.spearman, bestThird.spearmanCi95)}`]),
  ].join('; ');
}

function headlineOfOne(reference: string, { title, verdict, pair }: JudgedTarget): string {
  switch (verdict) {
    case 'holds':
      return `Networks that do well on ${reference} also do well on ${title}`;
    case 'weak':
      return (pair.spearman ?? 0) > 0
        ? `Networks that do well on ${reference} tend to do well on ${title}, perhaps only weakly`
        : `Networks that do well on ${reference} tend to do badly on ${title}, perhaps only weakly`;
    case 'gone':
      return `How well networks do on ${reference} says next to nothing about ${title}`;
    case 'reversed':
      return `Networks that do well on ${reference} do badly on ${title}`;
    case 'undecided':
      return `It is undecided whether networks that do well on ${reference} also do well on ${title}`;
  }
}

function sentenceOfOne(data: PageData, { title, verdict, pair, interval, analysis }: JudgedTarget): string {
  const reference = titleOf(data, data.reference);
  const trained = `The same ${counted(pair.n, 'network')} ${data.hasErrorsAlone ? 'have errors' : 'were trained'} on both.`;
  const { bestThird, architecturesNeeded } = analysis;
  switch (verdict) {
    case 'holds': {
      // A ranking may hold although that of the best networks is not known.
      const isOfBest = bestThird.spearmanCi95 !== null && bestThird.spearmanCi95[0] > 0;
      const caution =
        isOfBest || bestThird.spearmanCi95 === null ? '' : ' Among the best third, the order is not shown to agree.';
      return `${trained} A network that makes fewer errors on ${reference} usually makes fewer on ${title}, too.${caution}`;
    }
    case 'weak':
      return `${trained} ${(interval?.[0] ?? 0) > 0 ? 'The two rankings are related' : 'The two rankings are related in the opposite direction'}, but perhaps weakly: the correlation is not shown to exceed ${weakCorrelation}.`;
    case 'gone':
      return `${trained} Their rank correlation lies within ±${weakCorrelation}, on a scale from −1 to +1.`;
    case 'reversed':
      return `${trained} A network that makes fewer errors on ${reference} usually makes more on ${title}.`;
    case 'undecided':
      return `${trained} ${
        interval === null
          ? (whyNoIntervals([analysis], data.methods) ?? '')
          : `The 95 % interval of their rank correlation goes from ${signedInterval(interval)}, which is too wide for an answer.`
      }${architecturesNeeded === null ? '' : ` About ${grouped(architecturesNeeded)} networks would decide it.`}`;
  }
}

/** Where a target is told in the headline: a weakly reversed one after those that are reversed. */
function place({ verdict, interval }: JudgedTarget): number {
  const isAgainst = verdict === 'weak' && interval !== null && interval[1] < 0;
  return isAgainst ? verdictKinds.indexOf('reversed') + 0.5 : verdictKinds.indexOf(verdict);
}

function headlineOfMany(reference: string, targets: readonly JudgedTarget[]): string {
  if (targets.every(({ verdict }) => verdict === 'undecided'))
    return `It is undecided whether the ranking on ${reference} holds on the ${targets.length} other datasets`;
  const sorted = [...targets].sort((a, b) => place(a) - place(b));
  const groups = groupBy(sorted, ({ analysis }) => verdictWords(analysis).replace(' at least weakly', ''));
  const phrases = [...groups].map(([words, members], index) => {
    const amount =
      index > 0
        ? String(members.length)
        : members.length === targets.length
          ? `all ${targets.length} other datasets`
          : `${members.length} of ${targets.length} datasets`;
    const weak = members.filter(({ verdict }) => verdict === 'weak').length;
    if (weak === members.length) return `${words.replace(/ on$/, ' at least weakly on')} ${amount}`;
    return `${words} ${amount}${weak === 0 ? '' : ` (${weak} at least weakly)`}`;
  });
  return `The ranking on ${reference} ${verdictsInWords(phrases)}`;
}

function sentenceOfMany(data: PageData, targets: readonly JudgedTarget[]): string {
  const reference = titleOf(data, data.reference);
  const sorted = byCorrelation(targets);
  const [most, least] = [sorted[0]!, sorted.at(-1)!];
  const named = (verdict: Verdict) => targets.filter((of) => of.verdict === verdict).map(({ title }) => title);
  const reversed = named('reversed');
  return [
    `The ranking of the networks on ${reference} agrees most with that on ${most.title} (rank correlation ${signed(most.pair.spearman)}) and least with that on ${least.title} (${signed(least.pair.spearman)}).`,
    ...[
      whyNoIntervals(
        targets.map(({ analysis }) => analysis),
        data.methods,
      ) ?? [],
    ].flat(),
    ...(reversed.length === 0 ? [] : [`What is better on ${reference} is worse on ${listed(reversed)}.`]),
  ].join(' ');
}

const byCorrelation = (targets: readonly JudgedTarget[]) =>
  [...targets].sort((a, b) => (b.pair.spearman ?? -2) - (a.pair.spearman ?? -2));

/** The chart and the three large figures that the page begins with. */
export function hero(data: PageData): Markup {
  const targets = judgedTargets(data);
  const [figure] = targets.length === 1 ? answerScatter(data) : forestFigures(data);
  if (figure === undefined) return html``;
  return html`<div class="hero">
    ${drawn(figure)}
    <div class="stats">
      ${targets.length === 0 ? '' : [agreement(data, targets), loss(data, targets), shared(data, targets)]}
    </div>
  </div>`;
}

const stat = (value: string, ...content: readonly Markup[]) =>
  html`<div class="stat">
    <p class="value">${value}</p>
    ${content}
  </div>`;

function agreement(data: PageData, targets: readonly JudgedTarget[]): Markup {
  const ends = ['−1 reversed', 'same +1'] as const;
  const [only] = targets;
  if (targets.length === 1 && only !== undefined) {
    const { pair, ceiling, interval, analysis } = only;
    return stat(
      `ρ = ${signed(pair.spearman)}`,
      html`<p>
        Agreement of the two rankings: Spearman’s rank
        correlation${interval === null ? '' : html` <small>(95 % interval ${signedInterval(interval)})</small>`}
      </p>`,
      intervalStrip([{ value: pair.spearman, interval, colour: 'ink' }], [-1, 1], ends),
      html`<p class="note">
        Pearson’s r of the errors, the paper’s figure:
        ${signed(pair.pearson)}${ceiling === null ? '' : `; the noise between seeds lets at most ${signed(ceiling)} be seen`}.${analysis.pearsonDisagrees ? ` It differs from ρ${analysis.pearsonMadeBy.length === 0 ? '' : ` because of ${listed(analysis.pearsonMadeBy)}`}.` : ''}
      </p>`,
    );
  }
  const values = targets.flatMap(({ pair }) => pair.spearman ?? []);
  return stat(
    `ρ = ${signed(median(values))}`,
    html`<p>
      Agreement with the ranking on ${titleOf(data, data.reference)}: the median of Spearman’s rank correlation over
      ${targets.length} datasets <small>(${signed(Math.min(...values))} to ${signed(Math.max(...values))})</small>
    </p>`,
    intervalStrip(
      targets.map(({ pair, verdict }) => ({ value: pair.spearman, colour: verdictColours[verdict] })),
      [-1, 1],
      ends,
    ),
  );
}

function loss(data: PageData, targets: readonly JudgedTarget[]): Markup {
  const reference = titleOf(data, data.reference);
  const losses = targets.flatMap(({ dataset, title }) => {
    const choice = data.targets.find(({ target }) => target === dataset)?.regret.find(({ k }) => k === 1);
    return choice === undefined ? [] : [{ title, ...choice }];
  });
  const [first] = losses;
  if (first === undefined) return html``;
  if (losses.length === 1 && first.regret <= 0)
    return stat(
      'nothing lost',
      html`<p>
        on ${first.title} by taking the network that is best on ${reference} instead of the best on
        ${first.title}${first.regret < 0 ? html`; tested with another seed, its error is even ${points(-first.regret)} points lower` : ''}${first.regretCi95 === null ? '' : html` <small>(points lost: ${pointsInterval(first.regretCi95)})</small>`}
      </p>`,
    );
  if (losses.length === 1)
    return stat(
      `${points(first.regret)} points`,
      html`<p>
        of error lost on ${first.title} by taking the network that is best on ${reference} instead of the best on
        ${first.title}${otherSeed(first)}${first.regretCi95 === null ? '' : html` <small>(${pointsInterval(first.regretCi95)})</small>`}
      </p>`,
    );
  const most = [...losses].sort((a, b) => b.regret - a.regret)[0]!;
  const middle = median(losses.map(({ regret }) => regret));
  return stat(
    middle <= 0 ? 'nothing lost' : `${points(middle)} points`,
    html`<p>
      ${middle <= 0 ? 'on' : 'of error lost on'} the median dataset by taking the network that is best on ${reference} instead of the best on the
      dataset itself${otherSeed(first)} <small>(at most ${points(most.regret)}, on ${most.title})</small>
    </p>`,
  );
}

/** A loss that is measured with another seed can be below 0: then the best one was only the luckiest. */
const otherSeed = ({ scoredOnOtherSeed }: { scoredOnOtherSeed: boolean }) =>
  scoredOnOtherSeed ? ', both chosen with one seed and tested with another' : '';

function shared(data: PageData, targets: readonly JudgedTarget[]): Markup {
  const reference = titleOf(data, data.reference);
  const found = targets.map(({ dataset, title }) => {
    const ranks = ranksWith(data, dataset);
    const k = extremesOf(ranks);
    return { title, k, ...sharedExtremes(ranks, k) };
  });
  const [first] = found;
  if (first === undefined || first.k === 0) return html``;
  if (found.length === 1)
    return stat(
      `${first.best} of the ${first.k} best`,
      html`<p>
        on ${reference} are among the ${first.k} best on ${first.title}; of the ${first.k} worst, ${first.worst} are the
        same.
      </p>`,
    );
  const [fewest, most] = [Math.min(...found.map(({ best }) => best)), Math.max(...found.map(({ best }) => best))];
  const middle = (counts: readonly number[]) => {
    const of = median(counts);
    return Number.isInteger(of) ? String(of) : `${Math.floor(of)} to ${Math.ceil(of)}`;
  };
  return stat(
    `${middle(found.map(({ best }) => best))} of the ${first.k} best`,
    html`<p>
      on ${reference} are among the ${first.k} best on the median dataset <small>(${fewest} to ${most})</small>; of the
      ${first.k} worst, ${middle(found.map(({ worst }) => worst))} are the same.
    </p>`,
  );
}

const ranksWith = (data: PageData, dataset: string) =>
  commonRanks(data.errors[0]!, data.errors[data.datasets.findIndex((facts) => facts.dataset === dataset)]!);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/** Rank correlations with the reference, from the highest to the lowest; none without another dataset. */
function forestFigures(data: PageData): Figure[] {
  const judged = judgedDatasets(data);
  if (judged.length === 0) return [];
  const groups = [
    { members: byCorrelation(judged.filter(({ role }) => role === 'target')), title: undefined },
    { members: judged.filter(({ role }) => role === 'subset'), title: 'Fewer classes' },
    { members: judged.filter(({ role }) => role === 'control'), title: 'Fewer images' },
  ];
  const plot: IntervalPlot = {
    header: `Ranking on ${titleOf(data, data.reference)} against`,
    tagHeader: 'verdict',
    columns: ['ρ', 'r'],
    axis: 'Spearman’s rank correlation, simultaneous 95 % interval',
    domain: [-1, 1],
    rows: groups.flatMap(({ members, title }) => [
      ...(title === undefined || members.length === 0
        ? []
        : [{ label: title, marks: [], cells: ['', ''], isHeading: true, isOfParts: true }]),
      ...members.map(({ short, verdict, pair, interval, role }) => ({
        label: short,
        tag: verdict,
        colour: verdictColours[verdict],
        isOfParts: role !== 'target',
        marks: [{ value: pair.spearman, interval, colour: verdictColours[verdict] }],
        cells: [signed(pair.spearman), signed(pair.pearson)],
      })),
    ]),
  };
  return [
    {
      id: 'carry-over',
      alternative: `Rank correlation with ${titleOf(data, data.reference)}: ${judged.map(({ title, verdict, pair, interval }) => `${title} ${withInterval(pair.spearman, interval)}, ${verdict}`).join('; ')}`,
      draw: (theme) => intervalChart(plot, theme),
      asTable: () => intervalTable(plot, 'verdicts'),
      table: () => ({
        header: [
          ...['target', 'n', 'verdict', 'spearman', 'spearmanLow', 'spearmanHigh'],
          ...['pearson', 'pearsonLow', 'pearsonHigh', 'noiseCeiling', 'pearsonCorrected'],
        ],
        rows: judged.map(({ dataset, verdict, pair, interval, ceiling, corrected }) => [
          ...[dataset, pair.n, verdict, pair.spearman, interval?.[0] ?? null, interval?.[1] ?? null],
          ...[pair.pearson, pair.pearsonCi95?.[0] ?? null, pair.pearsonCi95?.[1] ?? null, ceiling, corrected],
        ]),
      }),
    },
  ];
}

export const lineOf = (target: TargetAnalysis | undefined, scale: ErrorScale) => {
  const line = target && { linear: target.linearLine, probit: target.probitLine, logit: target.logitLine }[scale];
  return line?.slope == null || line.intercept === null ? undefined : { slope: line.slope, intercept: line.intercept };
};

/** The large scatter chart of the only target, with the networks that stand out named. */
function answerScatter(data: PageData): Figure[] {
  const targets = judgedTargets(data);
  const [only] = targets;
  if (targets.length !== 1 || only === undefined) return [];
  const { errors, best, worst, architectures } = data;
  const column = data.datasets.findIndex(({ dataset }) => dataset === only.dataset);
  const [x, y] = [errors[0]!, errors[column]!];
  const reference = titleOf(data, data.reference);
  return [
    {
      id: 'answer-scatter',
      alternative: `Error on ${reference} against error on ${only.title} for ${counted(only.pair.n, 'network')}; rank correlation ${signed(only.pair.spearman)}, r ${signed(only.pair.pearson)}`,
      isInteractive: true,
      hasNarrow: true,
      draw: (theme, { scale }, form = 'wide') =>
        scatterChart(
          {
            xTitle: `Error on ${reference}`,
            yTitle: `Error on ${only.title}`,
            ...{ x, y, scale, best, worst, xKind: 'error' },
            line: lineOf(
              data.targets.find(({ target }) => target === only.dataset),
              scale,
            ),
            margin: form === 'wide' ? 0.08 : 0.05,
            notes: form === 'wide' ? standingOut(data, column) : [],
            groups: {
              best: form === 'wide' ? `${best.length} best on ${reference}` : `${best.length} best`,
              worst: `${worst.length} worst`,
            },
            size: form === 'wide' ? { width: 640, height: 440, font: 13 } : { width: 358, height: 330, font: 13 },
          },
          theme,
        ),
      table: () => ({
        header: ['architecture', `error on ${reference}`, `error on ${only.title}`],
        rows: architectures.map((name, row) => [name, x[row] ?? null, y[row] ?? null]),
      }),
    },
  ];
}

/** The best one on the reference, the one of the best that falls furthest, and the worst one on the target. */
function standingOut(data: PageData, column: number): { index: number; lines: string[] }[] {
  const { architectures, best } = data;
  const ranks = commonRanks(data.errors[0]!, data.errors[column]!);
  const [reference, target] = [titleOf(data, data.reference), titleOf(data, data.datasets[column]!.dataset)];
  const placed = (rank: number) => (rank === 1 ? 'best' : ordinal(rank));
  const known = best.filter((index) => ranks[index]);
  const [first] = known;
  const fallen = [...known].sort((a, b) => ranks[b]![1] - ranks[b]![0] - (ranks[a]![1] - ranks[a]![0]))[0];
  const last = [...ranks.keys()].filter((index) => ranks[index]).sort((a, b) => ranks[b]![1] - ranks[a]![1])[0];
  const note = (index: number) => ({
    index,
    lines: [
      `${architectures[index]}: ${placed(ranks[index]![0])} on ${reference},`,
      `${placed(ranks[index]![1])} on ${target}`,
    ],
  });
  return [
    ...(first === undefined ? [] : [note(first)]),
    ...(fallen === undefined || fallen === first || ranks[fallen]![1] - ranks[fallen]![0] < 5 ? [] : [note(fallen)]),
    ...(last === undefined || last === fallen || last === first
      ? []
      : [{ index: last, lines: [`${architectures[last]}: worst on ${target}`] }]),
  ];
}

const verdictKey = html`<dl class="sub">
  <dt>holds</dt>
  <dd>the interval of ρ lies above ${weakCorrelation}</dd>
  <dt>weak</dt>
  <dd>the interval does not contain 0, but may come near it</dd>
  <dt>gone</dt>
  <dd>the interval lies within ±${weakCorrelation}</dd>
  <dt>reversed</dt>
  <dd>the interval lies below −${weakCorrelation}</dd>
  <dt>undecided</dt>
  <dd>all other cases, and fewer than six networks</dd>
</dl>`;

function numbers(data: PageData): Markup {
  const { targets } = data;
  const judged = judgedDatasets(data);
  const isOfParts = (row: number) => judged[row]!.role !== 'target';
  const reference = titleOf(data, data.reference);
  if (judged.length === 0) return html`<p>There is no other dataset.</p>`;
  const fixed = [...new Set(targets.flatMap(({ partialPearson }) => Object.keys(partialPearson)))];
  return joined([
    // With several targets the page begins with it.
    ...(judgedTargets(data).length > 1 ? [] : forestFigures(data).map(drawn)),
    html`<p>
      Each network is one observation. ρ is Spearman’s rank correlation between its error on ${reference} and on another
      dataset: +1 if the ranking is the same, 0 if one says nothing about the other, −1 if it is reversed. r is
      Pearson’s correlation of the errors themselves. Intervals of ρ, and the corrected p, hold for all verdicts of the
      report together.
    </p>`,
    verdictKey,
    htmlTable(
      [
        ...[
          'dataset',
          'verdict',
          'n',
          'ρ',
          '95 % interval',
          'p',
          'p (corrected)',
          'ρ of the best third',
          '95 % interval',
        ],
        ...['r', '95 % interval', 'r without any one network', 'noise ceiling of r', 'r corrected'],
        ...['τ-b', '95 % interval', 'weighted τ', '95 % interval'],
      ],
      judged.map(({ title, verdict, pair, interval, analysis, ceiling, corrected }) => [
        ...[title, verdict, pair.n, signed(pair.spearman), signedInterval(interval)],
        ...[pValue(analysis.pValue), pValue(analysis.pValueCorrected)],
        ...[signed(analysis.bestThird.spearman), signedInterval(analysis.bestThird.spearmanCi95)],
        ...[signed(pair.pearson), signedInterval(pair.pearsonCi95), signedInterval(analysis.pearsonLeavingOneOut)],
        ...[ceiling === null ? dash : ceiling.toFixed(2), signed(corrected)],
        ...[signed(pair.kendallTauB), signedInterval(pair.kendallTauBCi95)],
        ...[signed(pair.weightedTau), signedInterval(pair.weightedTauCi95)],
      ]),
      { isOfParts },
    ),
    details(
      'The fitted lines',
      html`<p>Least squares on the accuracies, on each of three scales.</p>`,
      htmlTable(
        ['dataset', 'scale', 'n', 'slope', '95 % interval', 'intercept', 'R²'],
        targets.flatMap(({ target, linearLine, probitLine, logitLine }) =>
          (
            [
              ['linear', linearLine],
              ['probit', probitLine],
              ['logit', logitLine],
            ] as const
          ).map(([scale, line]) => [
            ...[titleOf(data, target), scale, line.n, signed(line.slope), signedInterval(line.slopeCi95)],
            ...[signed(line.intercept), line.r2 === null ? dash : line.r2.toFixed(2)],
          ]),
        ),
      ),
    ),
    ...(fixed.length === 0
      ? []
      : [
          details(
            'Networks of the same size',
            html`<p>
              Partial correlations: Pearson’s r of what is left of both errors after least squares on the logarithm of a
              measure of size.
            </p>`,
            htmlTable(
              ['dataset', ...fixed.flatMap((size) => [`r at fixed ${parameterName(data, size)}`, '95 % interval'])],
              targets.map(({ target, partialPearson, partialPearsonCi95 }) => [
                titleOf(data, target),
                ...fixed.flatMap((size) => [signed(partialPearson[size]), signedInterval(partialPearsonCi95[size])]),
              ]),
            ),
          ),
        ]),
    details(
      `What choosing on ${reference} costs`,
      html`<p>
        Of the k best networks on ${reference} the best one on the dataset is taken. Lost is how many percentage points
        its error lies above the lowest of all; shared is how many of the k are among the k best on the dataset.
      </p>`,
      htmlTable(
        ['dataset', 'k', 'points lost', '95 % interval', 'shared'],
        targets.flatMap(({ target, regret }) =>
          regret.map((of) => [
            ...[
              titleOf(data, target),
              of.k,
              points(of.regret),
              pointsInterval(of.regretCi95),
              percent(of.precision, 0),
            ],
          ]),
        ),
      ),
    ),
  ]);
}
