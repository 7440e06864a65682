import type { Command } from 'commander';
import { encodePng } from '../lib/datasets/images/encode-png.ts';
import type { DatasetManifest } from '../lib/datasets/manifest.ts';
import { openPreparedDataset } from '../lib/datasets/prepared-dataset.ts';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import { datasetPage, type DatasetPageInput } from '../lib/report/dataset-page.ts';
import { protocolFor } from '../lib/study/config.ts';
import { isSettings } from '../lib/study/trainer-config.ts';
import { contactSheet, type SheetImage } from '../lib/training/contact-sheet.ts';
import { protocolSchema } from '../lib/training/protocol.ts';
import { oneDataset } from './options/chosen-datasets.ts';
import { checkOutputFile, forceOption } from './options/output-paths.ts';
import { prepareHere, type PrepareDatasetsOptions } from './datasets-prepare.ts';
import { print, printJson } from './terminal/print.ts';
import { grouped } from '../lib/report/words/numbers.ts';
import { withPreparation } from './options/dataset-options.ts';
import { positiveInteger } from './options/option-parsers.ts';

interface ShowDatasetOptions extends PrepareDatasetsOptions {
  out?: string;
  images: number;
  force: boolean;
}

/** Number of augmented versions of each image on the page. */
const augmentations = 3;

/** `datasets show`: writes a page about a dataset; prepares it first if necessary. */
export function register(datasets: Command): void {
  withPreparation(
    datasets
      .command('show')
      .description('write a page with classes, counts, statistics, and images as the network sees them')
      .argument('<name>', 'a dataset of the catalogue or, with a study, one of its datasets by name or label'),
  )
    .option('--out <file>', 'where the page is written (default: <name>.html)')
    .addOption(forceOption())
    .option('--images <n>', 'number of images on the page', positiveInteger, 48)
    .action(showDataset);
}

async function showDataset(name: string, options: ShowDatasetOptions): Promise<void> {
  const { selection, config, seed } = await oneDataset(name, options);
  const out = options.out ?? `${name.replaceAll('/', '-')}.html`;
  await checkOutputFile('--out', out, options.force);
  const { directory, manifest } = await prepareHere(selection, seed, options);
  const own = config && protocolFor(config, selection);
  // A trainer's settings do not say how it augments images, so the page shows them as prepared.
  const isKnown = own === undefined || !isSettings(own);
  const protocol = own === undefined || isSettings(own) ? protocolSchema.parse({ epochs: 1 }) : own;
  const dataset = await openPreparedDataset(directory);
  const sheet = await contactSheet(dataset, {
    protocol,
    images: options.images,
    augmentations: isKnown ? augmentations : 0,
    seed,
  });
  await writeFileAtomically(out, datasetPage(await pageInput(manifest, sheet)));
  if (options.json === true) printJson({ page: out, directory, manifest });
  else print(out);
}

async function pageInput(manifest: DatasetManifest, sheet: readonly SheetImage[]): Promise<DatasetPageInput> {
  const { label, classes, splits, imageSize, fit, channels, source, normalization, pca, seed, digest } = manifest;
  const { train, validation, test } = splits;
  const figures = sheet.map(async ({ id, label: own, plain, augmented }) => ({
    id,
    className: classes[own]!,
    plain: await encodePng(plain),
    augmented: await Promise.all(augmented.map(encodePng)),
  }));
  const channelNames = channels === 1 ? ['grey'] : ['red', 'green', 'blue'];
  const size =
    fit === 'square' ? `squares of ${imageSize} pixels` : `whole, the short side at most ${imageSize} pixels`;
  return {
    title: label,
    lead: `${grouped(classes.length)} classes; ${grouped(train.images)} training, ${grouped(validation.images)} validation and ${grouped(test.images)} test images, ${size}, ${channels === 1 ? 'grey' : 'in colour'}.`,
    facts: [
      ['dataset', manifest.dataset],
      ['from', `${source.form} (${source.version})`],
      ['incomplete', manifest.incomplete.join('; ') || 'no'],
      ['seed of splits and draws', String(seed)],
      ['principal components', pca.eigenvalues.map((value) => value.toPrecision(3)).join(', ')],
      ['digest', digest],
    ],
    classes: classes.map((name, own) => [name, train.byClass[own]!, validation.byClass[own]!, test.byClass[own]!]),
    statistics: channelNames.map((channel, index) => [
      channel,
      Number(normalization.mean[index]!.toFixed(4)),
      Number(normalization.std[index]!.toFixed(4)),
    ]),
    notes: notesOf(manifest),
    images: await Promise.all(figures),
  };
}

const mostExamples = 3;

function notesOf({ leftOut, skipped, leakage }: DatasetManifest): DatasetPageInput['notes'] {
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  const shared = [
    ...leakage.duplicates.map((pair) => ({ ...pair, like: 'the same pixels' })),
    ...(leakage.groups ?? []).map((pair) => ({ ...pair, like: 'the same group' })),
  ];
  return [
    ...leftOut.map(({ reason, images }) => [`left out: ${reason}`, images, ''] as const),
    ...reasons.map((reason) => {
      const ids = skipped.filter((image) => image.reason === reason).map(({ id }) => id);
      return [`unreadable: ${reason}`, ids.length, ids.slice(0, mostExamples).join(', ')] as const;
    }),
    ...shared
      .filter(({ images }) => images > 0)
      .map(
        ({ split, with: other, images, examples, like }) =>
          [
            `${split} images with ${like} as one of ${other}, in the whole dataset`,
            images,
            examples
              .slice(0, mostExamples)
              .map((ids) => ids.join(' = '))
              .join(', '),
          ] as const,
      ),
  ];
}
