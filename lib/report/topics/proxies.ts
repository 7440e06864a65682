import type { ProxyAdvice, ProxyComparison, ProxySource } from '../../analysis/index.ts';
import { intervalChart, intervalTable, type IntervalPlot } from '../charts/intervals.ts';
import type { Theme } from '../charts/theme.ts';
import { details, htmlTable } from '../elements.ts';
import { html, joined, type Markup } from '../markup.ts';
import { titleOf, type PageData } from '../page-data.ts';
import {
  capitalized,
  counted,
  grouped,
  inSentence,
  listed,
  numberWord,
  percent,
  points,
  pointsInterval,
  pValue,
  signed,
  signedInterval,
  someOf,
  threeDigits,
  withInterval,
} from '../words/numbers.ts';
import { rankedBy, sourceName, sourceTitle } from '../words/parameters.ts';
import { drawn } from './drawn.ts';
import { idPart, type Figure } from './figure.ts';
import type { Finding, Topic } from './topic.ts';

/** What to rank networks by if nothing is trained on the target: the reference, parts of it, other datasets, or size. */
export const proxies: Topic = {
  id: 'proxies',
  figures: proxyFigures,
  finding,
  card: (data) => {
    const figures = proxyFigures(data);
    const [first, ...others] = figures;
    if (first === undefined) return undefined;
    return joined([
      drawn(first),
      html`<p class="note">
        Points lost: how many percentage points higher the error of the network that is ranked first is than that of the
        best one.${data.advice.some(({ sources }) => sources.some(({ regret }) => regret !== null && regret < 0)) ? ' Below 0, the best one was only lucky: with another seed it does worse than the chosen one.' : ''}
      </p>`,
      others.length === 0
        ? ''
        : details(`The same for ${counted(others.length, 'other dataset')}`, ...others.map(drawn)),
    ]);
  },
  numbers: (data) =>
    data.advice.length === 0 ? undefined : { title: 'What to rank networks by', content: numbers(data) },
};

function finding(data: PageData): Finding | undefined {
  const sizes = data.comparisons.filter(({ kind }) => kind === 'size');
  if (data.advice.length === 0) return undefined;
  return {
    headline: sizes.length === 0 ? adviceInWords(data, data.advice) : headline(data, sizes),
    sentence: `${sizes.length === 0 ? '' : `${adviceInWords(data, data.advice)}. `}${sizes.length === 0 ? 'Ranking by another dataset needs' : `Ranking by ${isSize(data, sizes) ? 'size' : 'known numbers, such as size,'} needs no training; ranking by another dataset needs`} training on that dataset alone.`,
    evidence: data.advice.map(
      ({ target, sources, verdict }) =>
        `${titleOf(data, target)}: ${
          verdict === 'nothing'
            ? 'nothing tried here is shown to predict it'
            : sources
                .filter(({ inSet }) => inSet)
                .map((source) => `${sourceName(data, source)} ρ ${withInterval(source.spearman, source.spearmanCi95)}`)
                .join('; ')
        }`,
    ),
  };
}

/** Whether all are measures of size that this program knows; a list or a table may have others, such as an error that was published. */
const isSize = ({ parameters }: PageData, sizes: readonly ProxyComparison[]) =>
  sizes.every(({ proxy }) => parameters.every(({ key, title }) => key !== proxy || title !== proxy));

/** How the measures of size compare with the reference. */
function headline(data: PageData, sizes: readonly ProxyComparison[]): string {
  const [Size, ranks, is] = isSize(data, sizes)
    ? (['Size', 'ranks', 'is'] as const)
    : (['Known numbers', 'rank', 'are'] as const);
  const reference = titleOf(data, data.reference);
  const targets = [...new Set(sizes.map(({ target }) => target))];
  const having = (isSo: (own: readonly ProxyComparison[]) => boolean) =>
    targets.filter((target) => isSo(sizes.filter((of) => of.target === target)));
  const better = having((own) => own.some(({ verdict }) => verdict === 'better'));
  const worse = having((own) => own.every(({ verdict }) => verdict === 'worse'));
  if (better.length > 0)
    return `${Size} ${ranks} networks better than ${reference} does on ${better.length > 3 ? `${better.length} of ${targets.length} datasets` : listed(better.map((target) => titleOf(data, target)))}`;
  if (worse.length === targets.length) return `${Size} ${is} a poor substitute for errors on ${reference}`;
  if (worse.length > 0)
    return `${Size} ${is} a poor substitute for errors on ${reference} on ${worse.length} of ${targets.length} datasets`;
  return `It is undecided whether ${inSentence(Size)} ${ranks} networks as well as ${reference} does`;
}

/** What to rank networks by, for one dataset by name and for several as counts. */
function adviceInWords(data: PageData, advice: readonly ProxyAdvice[]): string {
  const [only] = advice;
  if (advice.length === 1 && only !== undefined) {
    const title = titleOf(data, only.target);
    const inSet = only.sources.filter((source) => source.inSet);
    const advised = inSet.find(({ name }) => name === only.advised);
    const name = advised === undefined ? '' : rankedBy(data, advised);
    if (only.verdict === 'one') return `For ${title}, networks are ranked best by ${name}`;
    if (only.verdict === 'several')
      return `For ${title}, ${numberWord(inSet.length)} ways to rank networks cannot be told apart; the cheapest of them is by ${name}`;
    return `Nothing tried here is shown to predict ${title}`;
  }
  const count = (verdict: ProxyAdvice['verdict']) => advice.filter((of) => of.verdict === verdict).length;
  const parts = [
    { amount: count('one'), words: 'one way to rank networks is best' },
    { amount: count('several'), words: 'several ways to rank networks cannot be told apart' },
    { amount: count('nothing'), words: 'nothing tried here is shown to predict the ranking' },
  ].filter(({ amount }) => amount > 0);
  return capitalized(
    parts.map(({ amount, words }) => `for ${someOf(amount, advice.length, 'dataset')} ${words}`).join(', '),
  );
}

const colourOf: Record<ProxySource['kind'], keyof Theme> = {
  reference: 'ink',
  subset: 'classes',
  control: 'images',
  dataset: 'ink',
  size: 'muted',
};

const costText = ({ kind, cost }: ProxySource) =>
  kind === 'size' ? 'free' : cost === null ? '–' : `${threeDigits(Number(cost.toPrecision(2)))}×`;

/** How well each source ranks the networks on a target, from the best to the worst. */
function proxyFigures(data: PageData): Figure[] {
  return data.advice.map(({ target, sources }, index): Figure => {
    const title = titleOf(data, target);
    const plot: IntervalPlot = {
      header: data.advice.length === 1 ? 'Rank networks by' : `For ${title}, rank networks by`,
      columns: ['ρ', 'cost', 'points lost'],
      axis: `Spearman’s rank correlation with the ranking on ${title}, 95 % interval`,
      domain: [Math.max(-1, Math.min(-0.5, ...sources.flatMap(({ spearmanCi95 }) => spearmanCi95?.[0] ?? []))), 1],
      rows: [
        { title: 'May be the best', members: sources.filter(({ inSet }) => inSet) },
        { title: 'Shown to be worse, or not shown to help', members: sources.filter(({ inSet }) => !inSet) },
      ].flatMap(({ title: group, members }) => [
        ...(members.length === 0 ? [] : [{ label: group, marks: [], cells: ['', '', ''], isHeading: true }]),
        ...members.map((source) => ({
          label: sourceTitle(data, source),
          marks: [{ value: source.spearman, interval: source.spearmanCi95, colour: colourOf[source.kind] }],
          cells: [signed(source.spearman), costText(source), points(source.regret)],
          isOfParts: false,
        })),
      ]),
    };
    return {
      id: `proxies-${idPart(target, index)}`,
      alternative: `How well other rankings agree with that on ${title}: ${sources.map((source) => `${sourceName(data, source)} ${withInterval(source.spearman, source.spearmanCi95)}`).join('; ')}`,
      draw: (theme) => intervalChart(plot, theme),
      asTable: () => intervalTable(plot),
      table: () => ({
        header: ['target', 'source', 'kind', 'spearman', 'low', 'high', 'inSet', 'pValueBest', 'cost', 'regret'],
        rows: sources.map((of) => [
          ...[target, of.name, of.kind, of.spearman, of.spearmanCi95?.[0] ?? null, of.spearmanCi95?.[1] ?? null],
          ...[String(of.inSet), of.pValueBest, of.cost, of.regret],
        ]),
      }),
    };
  });
}

function numbers(data: PageData): Markup {
  const { advice, comparisons, choices } = data;
  const reference = titleOf(data, data.reference);
  return joined([
    html`<p>
      For each dataset, every other source by which networks can be ranked. The cost is that of training one network,
      relative to ${reference}.
    </p>`,
    htmlTable(
      [
        ...['dataset', 'ranked by', 'ρ', '95 % interval', 'may be best', 'p (best)', 'relative cost'],
        ...['points lost', '95 % interval'],
      ],
      advice.flatMap(({ target, sources }) =>
        sources.map((of) => [
          ...[titleOf(data, target), sourceName(data, of), signed(of.spearman), signedInterval(of.spearmanCi95)],
          ...[
            of.inSet ? 'yes' : 'no',
            pValue(of.pValueBest),
            threeDigits(of.cost),
            points(of.regret),
            pointsInterval(of.regretCi95),
          ],
        ]),
      ),
    ),
    ...(comparisons.length === 0
      ? []
      : [
          details(
            `Each source against ${reference}, and what it would take to tell them apart`,
            html`<p>
              On the networks that have all three. The last column says how many networks would show a difference of 0.1
              in four of five studies.
            </p>`,
            htmlTable(
              [
                ...[
                  'dataset',
                  'ranked by',
                  'n',
                  'ρ',
                  `ρ of ${reference}`,
                  'difference',
                  '95 % interval',
                  'p',
                  'p (corrected)',
                ],
                ...['verdict', 'networks needed'],
              ],
              comparisons.map((of) => [
                ...[
                  titleOf(data, of.target),
                  sourceName(data, { kind: of.kind === 'size' ? 'size' : 'dataset', name: of.proxy }),
                  of.n,
                ],
                ...[signed(of.proxySpearman), signed(of.referenceSpearman), signed(of.difference)],
                ...[signedInterval(of.differenceCi95), pValue(of.pValue), pValue(of.pValueCorrected), of.verdict],
                grouped(of.architecturesNeeded),
              ]),
            ),
          ),
        ]),
    ...(choices.length === 0
      ? []
      : [
          details(
            'What choosing by each source costs',
            htmlTable(
              ['dataset', 'chosen by', 'k', 'n', 'points lost', '95 % interval', 'shared'],
              choices.map((of) => [
                ...[titleOf(data, of.target), sourceName(data, of.by), of.k, of.n, points(of.regret)],
                ...[pointsInterval(of.regretCi95), percent(of.precision, 0)],
              ]),
            ),
          ),
        ]),
  ]);
}
