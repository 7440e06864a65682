import { describe, expect, test } from 'vitest';
import { knownParameterTitles } from '../../../lib/analysis/parameters.ts';
import { catalogue } from '../../../lib/datasets/catalogue/index.ts';
import { onlyInText, type PageData } from '../../../lib/report/page-data.ts';
import { reportData, studyReport } from '../../../lib/report/study-report.ts';
import { figuresOf } from '../../../lib/report/topics/index.ts';
import { describeDataset } from '../../../lib/report/study-methods.ts';
import { SimulatedDatasets } from '../../../lib/runs/simulated-datasets.ts';
import { parseStudyConfig, selectionOf } from '../../../lib/study/config.ts';
import { applyOverrides } from '../../../lib/study/overrides.ts';
import { datasetLabels } from '../../../lib/study/plan.ts';
import { preset } from '../../../lib/study/presets.ts';
import { MemoryStore } from '../../memory-store.ts';
import { madeUpResults } from './results.ts';

const attack = `<script>alert("x")</script>'&amp;\n=1+1`;

const hostile = madeUpResults({
  architectures: 24,
  name: (index) => `${attack}${index}`,
  datasets: { imagenet: { share: 1 }, [attack]: { share: 0.5 }, 'imagenet/2-classes': { share: 0.8, classes: 2 } },
});
const page = await studyReport({ ...hostile, title: attack, description: attack });
const [, script] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
const shown = page.replace(script!, '');

describe('the report of a study', () => {
  test('loads nothing: no style sheet, image, font or script of another address', () => {
    expect(shown).not.toMatch(/<(link|img|iframe|object|embed|base)\b/i);
    expect(shown).not.toMatch(/\b(src|srcset|action|xlink:href)=|@import|url\((?!data:font\/woff2;base64,)/i);
    expect(shown.match(/https?:\/\/[^"' \\]*/g)?.filter((url) => !url.startsWith('http://www.w3.org/'))).toEqual([]);
    expect(page).toContain("default-src 'none'");
  });

  test('has a small script: what its data are collected with stays outside', () => {
    expect(script!.length).toBeLessThan(180_000);
  });

  test('escapes names wherever it writes them, in its data too', () => {
    expect(shown.match(/<script/g)).toHaveLength(2);
    expect(shown).not.toMatch(/<[^>]*\son\w+=/);
    expect(shown.match(/&lt;script&gt;/g)!.length).toBeGreaterThan(30);
    const [, data] = /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(page)!;
    expect((JSON.parse(data!) as { architectures: string[] }).architectures[0]).toContain(attack);
  });

  test('draws every figure at build, each with what it shows in words', () => {
    const ids = [...shown.matchAll(/data-figure="([^"]+)"/g)].map(([, id]) => id!);
    for (const id of ['answer-scatter', 'structure', 'all-pairs', 'ranks', 'stages', 'settling'])
      expect(ids).toContain(id);
    for (const kind of ['scatter', 'distribution', 'parameter', 'proxies', 'training', 'population', 'subsets'])
      expect(ids.filter((id) => id.startsWith(`${kind}-`)).length, kind).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
    const drawings = [...shown.matchAll(/<div class="drawing[^"]*" role="img" aria-label="([^"]+)"><svg/g)];
    expect(drawings.length).toBeGreaterThan(15);
    for (const [, alternative] of drawings) expect(alternative!.length).toBeGreaterThan(20);
  });

  test('marks the best and the worst on the reference in each scatter chart', () => {
    const scatter = page.split('data-figure="scatter-')[1]!.split('</svg>')[0]!;
    const best = /<path d="([^"]*)" stroke="var\(--best\)"/.exec(scatter)![1]!;
    const worst = /<path d="([^"]*)" fill="var\(--worst\)"/.exec(scatter)![1]!;
    // One of the 24 has no error on this dataset.
    expect(best.match(/M/g)!.length + worst.match(/M/g)!.length).toBeGreaterThanOrEqual(19);
    expect(worst.match(/z/g)).toHaveLength(worst.match(/M/g)!.length);
  });

  test('marks all that is of parts of the reference, so that one switch shows it', async () => {
    const html = await studyReport(madeUpResults({ architectures: 20 }));
    const parts = [...html.split('<script>')[0]!.matchAll(/data-figure="([^"]+)"\s+class="[^"]*part"/g)].map(
      ([, id]) => id!,
    );
    for (const kind of ['scatter', 'distribution', 'parameter', 'training'])
      expect(parts.filter((id) => id.startsWith(`${kind}-`)).length, kind).toBe(3);
    expect(parts).not.toContain('distribution-4-carrying');
    expect(html).toContain('id="show-parts"');
    expect(
      await studyReport(madeUpResults({ architectures: 20, datasets: { imagenet: { share: 1 }, mine: { share: 1 } } })),
    ).not.toContain('id="show-parts"');
  });

  test('leads from each claim of the paper to what shows it', () => {
    const [claims] = page.split('<h2 id="claims"')[1]!.split('</section>');
    const targets = [...claims!.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!);
    expect(targets).toHaveLength(4);
    for (const id of targets) expect(page).toContain(`id="${id}"`);
  });

  test('links every entry of its contents to a part that is there', () => {
    const [contents] = page.split('<nav')[1]!.split('</nav>');
    for (const [, id] of contents!.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`);
  });

  test('lists every network, and counts the trainings without an error by cause', () => {
    const networks = page.split('id="all-networks"')[1]!.split('</table>')[0]!;
    expect(networks.match(/<tr>/g)).toHaveLength(1 + 24);
    expect(page).toContain('72 trainings · 2 trainings gave no error (2 diverged)');
    expect(page).toContain('the loss was NaN');
  });

  test('says so if there are no subsets, no repeated trainings, or nothing to say at all', async () => {
    const alone = await studyReport(madeUpResults({ architectures: 5, datasets: { imagenet: { share: 1 } } }));
    expect(alone).toContain('nothing can be said of whether the ranking on imagenet holds elsewhere');
    expect(alone).toContain('Every network was trained once');
    expect(alone).not.toContain('id="subsets"');
    const two = await studyReport(madeUpResults({ architectures: 2 }));
    expect(two).toContain('</html>');
  });

  test('shows errors by class, the hardest first, and of many classes the hardest and those that tell networks apart', async () => {
    const input = madeUpResults({ architectures: 12, datasets: { imagenet: { share: 1 }, mine: { share: 0.9 } } });
    const ofClass = (dataset: string, count: number) =>
      Array.from({ length: count }, (_, label) => ({
        ...{ dataset, class: `${attack}${label}`, classes: count, images: 50, n: 12, error: (label + 1) / (count + 1) },
        ...{ ofBestThird: label / (count + 1), ofWorstThird: label === 3 ? 1 : (label + 1.5) / (count + 1) },
      }));
    const classErrors = [...ofClass('imagenet', 1000), ...ofClass('mine', 4)];
    const html = await studyReport({ ...input, analysis: { ...input.analysis, classErrors } });
    const [section] = html.split('<h2 id="classes"')[1]!.split('<h2');
    const rows = (figure: string) =>
      [
        ...section!
          .split(`data-figure="${figure}"`)[1]!
          .split('</figure>')[0]!
          .matchAll(/1(\d+)<\/th>/g),
      ].map(([, label]) => Number(label));
    expect(rows('classes-1-mine')).toEqual([3, 2, 1, 0]);
    expect(rows('classes-0-imagenet').slice(0, 9)).toEqual([999, 998, 997, 996, 995, 994, 993, 992, 3]);
    expect(section).toContain('The hardest of 1,000 classes');
    expect(section).not.toContain('<script>');
    const [, data] = /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(html)!;
    expect((JSON.parse(data!) as { classErrors: unknown[] }).classErrors.length).toBeLessThan(25);
    expect(page).not.toContain('<h2 id="classes"');
  });

  test('has in its data all that its figures are drawn from', () => {
    const data = reportData(hostile);
    const tables = (of: PageData) => figuresOf(of).map(({ id, table }) => [id, table()]);
    expect(tables({ ...data, ...onlyInText })).toEqual(tables(data));
  });

  test('keeps every number and its percent sign on one line, but leaves what is preformatted as it is', async () => {
    const html = await studyReport({ ...hostile, description: 'about 50 % of it' });
    const drawings = /<svg\b.*?<\/svg>/gs;
    expect(html.split('<script')[0]!.replaceAll(drawings, '')).not.toMatch(/\d %/);
    expect(html).toContain('about 50\u00a0% of it');
  });

  test('says of published errors neither that their trainings finished nor when they were measured', async () => {
    const input = madeUpResults({ architectures: 12, datasets: { imagenet: { share: 1 }, mine: { share: 0.9 } } });
    const rows = input.rows
      .filter(({ top1Error }) => top1Error !== null)
      .map(({ architecture, dataset, seed, top1Error }) => ({ architecture, dataset, seed, top1Error }));
    const html = await studyReport({ ...input, rows });
    expect(html).toContain('12 networks, 2 datasets, 23 errors');
    expect(html.split('<script')[0]).not.toMatch(/every one finished|all 23 trainings|never the best epoch/);
  });

  test('of 500 architectures on 15 datasets, trained twice, is smaller than 3 MB', async () => {
    const datasets = Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [index === 0 ? 'imagenet' : `dataset-${index}`, { share: 0.5 }]),
    );
    const large = await studyReport(madeUpResults({ architectures: 500, datasets, seeds: 2, epochs: 10 }));
    expect(Buffer.byteLength(large)).toBeLessThan(3e6);
  });
});

describe('its methods', () => {
  const config = parseStudyConfig(
    applyOverrides(preset('quickstart'), ['replicates=2', 'datasets.1.protocol={"epochs":5}']),
    catalogue,
  );
  const datasets = datasetLabels(config).map((label) => describeDataset(config, label, undefined));
  const methods = {
    studyId: 'mine',
    config,
    configDigest: 'abc123',
    datasets,
    versions: [{ name: 'tensorflow', value: '2.21.0', runs: 96 }],
  };
  const written = (rehearsal?: object, described = datasets) => {
    const all = { ...methods, datasets: described };
    return studyReport({
      ...hostile,
      title: 'mine',
      parameterTitles: knownParameterTitles(hostile.rows),
      methods: rehearsal === undefined ? all : { ...all, config: { ...config, rehearsal: rehearsal as never } },
    });
  };

  test('tell population, datasets, training, versions and how to run it again', async () => {
    const text = await written();
    for (const part of [
      '24 architectures were drawn at random from an AnyNet space, with 200,000 to 800,000 multiply-adds',
      'trained for 2 epochs by stochastic gradient descent with Nesterov momentum 0.9, weight decay 0.00005',
      'Otherwise on mnist: Networks were trained for 5 epochs',
      'trained 2 times with different seeds',
      'SHA-256 abc123',
      '2.21.0',
      'the same for all figures (seed 0). They are percentile intervals, at levels',
      'tuggener2022enough',
      'start --config config.json --id mine',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('This is a rehearsal');
  });

  test('tell of each dataset in which size it was prepared, and what it lacks', async () => {
    const simulated = new SimulatedDatasets(new MemoryStore());
    const described = async (label: string, differences: object) => {
      const { manifest } = await simulated.prepare(selectionOf(config, label), 0);
      return describeDataset(config, label, { ...manifest, ...differences });
    };
    const text = await written(undefined, [
      await described('fashion-mnist', {}),
      await described('mnist', { fit: 'short-side', imageSize: 384, incomplete: ['train images: 7 of 60,000'] }),
    ]);
    expect(text).toContain('<td>28\u00a0×\u00a028\u00a0×\u00a01<');
    expect(text).toContain('<td>384 (short side at most)\u00a0×\u00a01<');
    expect(text).toContain('mnist: incomplete: train images: 7 of 60,000');
  });

  test('tell of data what a reader must know, once for all datasets of which it is true', async () => {
    const manifest = {
      ...{ digest: 'abc', imageSize: 28, channels: 1, classes: ['a'], incomplete: [], leftOut: [], skipped: [] },
      splits: { train: { images: 5 }, validation: { images: 5 }, test: { images: 5 } },
      leakage: {
        duplicates: [
          { split: 'validation', with: 'train', images: 0 },
          { split: 'test', with: 'train', images: 1 },
        ],
      },
    };
    const described = datasets.map((dataset) => ({ ...dataset, manifest: manifest as never, publication: undefined }));
    const text = await studyReport({ ...hostile, title: 'mine', methods: { ...methods, datasets: described } });
    expect(text).toContain(
      '<li>fashion-mnist, mnist, fashion-mnist/5-classes and fashion-mnist/2-classes: 1 test image is the same, pixel by pixel, as training images',
    );
    expect(text).not.toContain('0 validation images');
  });

  test('say at the top of a rehearsal that its numbers are simulated', async () => {
    const text = await written({ seed: 0 });
    expect(text.indexOf('This is a rehearsal')).toBeGreaterThan(0);
    expect(text.indexOf('This is a rehearsal')).toBeLessThan(text.indexOf('<h1>'));
  });
});
