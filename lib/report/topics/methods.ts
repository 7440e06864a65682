import { groupBy } from '../group-by.ts';
import type { DatasetManifest } from '../../datasets/manifest.ts';
import type { StudyConfig } from '../../study/config.ts';
import { metrics } from '../../results/metric.ts';
import { listedNumbers } from '../../study/networks.ts';
import { counted, dash, grouped, listed } from '../words/numbers.ts';
import { details, htmlTable, list, paragraph } from '../elements.ts';
import { html, joined, lines, type Markup } from '../markup.ts';
import { titleOf, type PageData } from '../page-data.ts';
import { otherwiseTrained, protocolInWords } from '../protocol-words.ts';
import { repeatabilityInWords, trainerInWords } from '../trainer-words.ts';
import type { StudyMethods } from '../study-methods.ts';
import type { Section } from './topic.ts';

/** How the figures came about; of a table of others only its statistics are known. */
export const methodsSection = (data: PageData, methods: StudyMethods | undefined): Section => ({
  title: 'Methods and data',
  content: joined([
    ...(methods === undefined ? [] : studyParts(data, methods)),
    html`<h3>Statistics</h3>`,
    list(statistics(data, methods)),
  ]),
});

function studyParts(data: PageData, methods: StudyMethods): Markup[] {
  const { config, configDigest, studyId, versions } = methods;
  const { trainer } = config;
  return [
    html`<h3>Architectures</h3>`,
    paragraph(populationInWords(config)),
    html`<h3>Datasets</h3>`,
    datasetsTable(data, methods),
    list(dataNotes(data, methods)),
    paragraph(
      `${
        trainer === undefined
          ? 'Validation images were held out of the training images before anything was chosen by them; test images were used once, after the last epoch.'
          : 'Validation images were held out of the training images. The trainer got the images of all splits; this report cannot tell whether it used test images for the final test alone.'
      } Images that two splits share were looked for pixel by pixel: where none are listed, there are none.`,
    ),
    html`<h3>Training</h3>`,
    ...trainerInWords(config).map((sentence) => paragraph(sentence)),
    ...protocolInWords(config.protocol).map((sentence) => paragraph(sentence)),
    ...otherwiseTrained(config).map(({ datasets, sentences }) =>
      paragraph(`Otherwise on ${listed(datasets.map((dataset) => titleOf(data, dataset)))}: ${sentences.join(' ')}`),
    ),
    paragraph(
      `Each architecture was trained ${config.replicates === 1 ? 'once' : `${config.replicates} times with different seeds`} on each dataset. Seeds: ${Object.entries(
        config.seeds,
      )
        .map(([name, seed]) => `${name} ${seed}`)
        .join(', ')}.`,
    ),
    html`<h3>What trained</h3>`,
    htmlTable(
      ['part', 'version', 'runs'],
      versions.map(({ name, value, runs }) => [name, value, runs]),
      { wide: [1] },
    ),
    html`<h3>To run it again</h3>`,
    paragraph(
      `The study ${studyId} is determined by its config (${config.name}, SHA-256 ${configDigest}), the data of the digests above and ${
        trainer === undefined
          ? 'the engine. On the same type of machine with as many threads a run gives the same weights to the bit.'
          : `the files of the trainer, which are in the store and in the export of the study. ${repeatabilityInWords(trainer)}`
      }`,
    ),
    html`<pre tabindex="0">npx beyond-imagenet start --config config.json --id ${studyId}</pre>`,
    ...(trainer === undefined
      ? []
      : [
          paragraph(
            'The store (`--store`) must have the files of the trainer: it does if the export was unpacked there.',
          ),
        ]),
    details('config.json', html`<pre tabindex="0">${lines(configText(config))}</pre>`),
    citations(methods),
  ];
}

/** Characters of a config that a report shows whole. */
const longestConfig = 200_000;

/** The config as JSON; a list of networks that would fill the page is left to the study's own files. */
function configText(config: StudyConfig): string {
  const text = JSON.stringify(config, undefined, 2);
  const { population } = config;
  if (text.length <= longestConfig || population.source !== 'list') return text;
  const networks = `${counted(population.networks.length, 'network')}: architectures.json has them`;
  return JSON.stringify({ ...config, population: { ...population, networks } }, undefined, 2);
}

function populationInWords({ population }: StudyConfig): string {
  if (population.source === 'file') return `The architectures come from a file (${population.path}).`;
  if (population.source === 'list') {
    const { length } = population.networks;
    return `The study names its ${length === 1 ? 'network' : `${length} networks`} one by one, with a specification that the trainer builds ${length === 1 ? 'it' : 'each'} from; they are not a random sample. The config has the specifications${listedNumbers({ population }).length === 0 ? '' : ' and the numbers that are given of each network'}.`;
  }
  const { space, count } = population;
  const { complexity } = space;
  const windows = (['flops', 'params', 'acts'] as const).flatMap((measure) => {
    const window = complexity[measure];
    return window === undefined
      ? []
      : [`${grouped(window.low)} to ${grouped(window.high)} ${measure === 'flops' ? 'multiply-adds' : measure}`];
  });
  return `${counted(count, 'architecture was', 'architectures were')} drawn at random from ${space.kind === 'anynet' ? 'an AnyNet' : 'a RegNet'} space${windows.length === 0 ? '' : `, with ${listed(windows)} at ${complexity.imageSize} pixels, ${counted(complexity.channels, 'channel')} and ${complexity.classes} classes`}; the config has the distribution of each parameter.`;
}

function datasetsTable(data: PageData, { datasets }: StudyMethods): Markup {
  return htmlTable(
    ['name', 'dataset', 'classes', 'training', 'validation', 'test', 'pixels', 'licence', 'digest'],
    datasets.map(({ label, manifest, publication }) => [
      ...[label, titleOf(data, label)],
      ...(manifest === undefined
        ? [dash, dash, dash, dash, dash]
        : [
            ...[manifest.classes.length, manifest.splits.train.images, manifest.splits.validation.images],
            ...[manifest.splits.test.images, sizeText(manifest)],
          ]),
      ...[publication?.licence ?? dash, manifest?.digest.slice(0, 16) ?? dash],
    ]),
    { wide: [7] },
  );
}

/** Of prepared images: squares, or whole ones of all sizes. */
const sizeText = ({ fit, imageSize, channels }: DatasetManifest) =>
  `${fit === 'square' ? `${imageSize}\u00a0×\u00a0${imageSize}` : `${imageSize} (short side at most)`}\u00a0×\u00a0${channels}`;

/** Datasets of a note that are named. */
const mostNamed = 4;

const names = { train: 'training', validation: 'validation', test: 'test' } as const;

/** What a reader must know of the data: parts that are missing, were left out or could not be read, and what splits share. */
function dataNotes(data: PageData, { datasets }: StudyMethods): string[] {
  const notes = datasets.flatMap(({ label, manifest, publication }) => {
    if (manifest === undefined) return [{ label, note: 'not prepared' }];
    const { incomplete, leftOut, skipped, leakage } = manifest;
    return [
      ...incomplete.map((line) => `incomplete: ${line}`),
      ...leftOut.map(({ reason, images }) => `left out (${reason}): ${counted(images, 'image')}`),
      ...(skipped.length === 0
        ? []
        : [
            `${counted(skipped.length, 'image')} could not be read and ${skipped.length === 1 ? 'was' : 'were'} skipped`,
          ]),
      ...leakage.duplicates
        .filter(({ images }) => images > 0)
        .map(
          ({ split, with: other, images }) =>
            `${counted(images, `${split} image`)} ${images === 1 ? 'is' : 'are'} the same, pixel by pixel, as ${names[other]} images`,
        ),
      ...(leakage.groups ?? [])
        .filter(({ images }) => images > 0)
        .map(
          ({ split, with: other, images }) =>
            `${counted(images, `${split} image`)} ${images === 1 ? 'is' : 'are'} of a group (e.g. a photo) that ${names[other]} images are of, too`,
        ),
      ...(publication?.unverified === undefined ? [] : [`not verified: ${publication.unverified}`]),
    ].map((note) => ({ label, note }));
  });
  return [...groupBy(notes, ({ note }) => note)].map(
    ([note, members]) =>
      `${members.length <= mostNamed ? listed(members.map(({ label }) => titleOf(data, label))) : `${titleOf(data, members[0]!.label)} and ${members.length - 1} other datasets, each`}: ${note}`,
  );
}

/** The sources of the datasets, and what the study goes back to. */
function citations({ datasets }: StudyMethods): Markup {
  const entries = new Set([...datasets.flatMap(({ publication }) => publication?.citation ?? []), paper]);
  return details('BibTeX', html`<pre tabindex="0">${lines([...entries].join('\n\n'))}</pre>`);
}

const paper = `@article{tuggener2022enough,
  title   = {Is it enough to optimize {CNN} architectures on {ImageNet}?},
  author  = {Tuggener, Lukas and Schmidhuber, J{\\"u}rgen and Stadelmann, Thilo},
  journal = {Frontiers in Computer Science},
  volume  = {4},
  year    = {2022}
}`;

/** On which images and when errors were measured; of tables of others nothing is known. */
function measuredInWords(study: StudyMethods | undefined): string {
  if (study === undefined) return ', as the tables have them';
  return study.config.trainer === undefined
    ? ' on test images after the last epoch, never the best epoch'
    : ' on test images, as the trainer reports them at its end';
}

function statistics({ methods, metric = 'top1' }: PageData, study: StudyMethods | undefined): string[] {
  const { resamples, permutations, seed, intervals, cluster } = methods;
  return [
    `Errors are ${metrics[metric].title}${measuredInWords(study)}; several seeds of an architecture are averaged. A network without an error on a dataset is left out of the figures that need it.`,
    `Architectures are the sample: intervals are 95 % bootstrap intervals of ${resamples.toLocaleString('en-US')} resamples of the architectures, the same for all figures (seed ${seed}). They are ${intervals === 'bca' ? 'bias-corrected and accelerated (Efron 1987)' : 'percentile intervals'}, at levels that are widened for small samples (Hesterberg 2015)${intervals === 'bca' ? '' : '; those of rank correlations reach 1.96 standard errors on Fisher’s scale'}.`,
    'Verdicts rest on rank correlations. With a probability of at least 95 % no verdict of the report is false: its questions share the other 5 %, and the intervals and corrected p-values of a verdict hold for all verdicts together (max-t bootstrap; docs/statistics.md). Class draws are a random effect, with the degrees of freedom of Satterthwaite (1946).',
    `p-values are two-sided. Those of the properties of networks come from ${permutations.toLocaleString('en-US')} permutations of the networks and are corrected over all properties and datasets (Westfall and Young 1993) and the other questions.${cluster === null ? '' : ` Networks are resampled by clusters of the column ${cluster}.`}`,
    'A negative correlation is a finding: signs are kept everywhere.',
  ];
}
