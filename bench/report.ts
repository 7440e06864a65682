import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { chromium, type Page } from 'playwright-core';
import { positiveInteger } from '../commands/options/option-parsers.ts';
import { textTable } from '../commands/terminal/table.ts';
import { studyReport } from '../lib/report/study-report.ts';
import { chromiumArguments, chromiumPath } from '../test/chromium.ts';
import { madeUpResults } from '../test/lib/report/results.ts';

interface ReportBenchOptions {
  architectures: number;
  datasets: number;
  rounds: number;
}

/** The quantities measured, each with its upper limit. */
const goals = {
  'size (MB)': 3,
  'from its file to loaded (ms)': 1000,
  'from a selection of the best to its paint (ms)': 50,
  'from a selection of all to its paint (ms)': 50,
  'from another scale of errors to its paint (ms)': 100,
};

type Figures = Record<keyof typeof goals, number>;

/**
 * `bench report`: measures size and speeds of a large study's page in a browser; the shortest times count, since other work only adds to
 * them.
 */
export function register(program: Command): void {
  program
    .command('report')
    .description('size and speeds of the page of a large study in Chromium, each with its goal')
    .option('--architectures <n>', 'number of networks in the study', positiveInteger, 500)
    .option(
      '--datasets <n>',
      'number of its datasets, each with two seeds and curves of ten epochs',
      positiveInteger,
      15,
    )
    .option('--rounds <n>', 'number of times that the page is opened and used', positiveInteger, 7)
    .action(async (options: ReportBenchOptions) => {
      const least = await measured(options);
      const names = Object.keys(goals) as (keyof typeof goals)[];
      const rows = names.map((name) => [
        name,
        least[name].toFixed(name.startsWith('size') ? 2 : 0),
        String(goals[name]),
      ]);
      process.stdout.write(`${textTable(['what', 'least', 'goal'], rows)}\n`);
      process.stdout.write(`${JSON.stringify({ benchmark: 'report', ...options, least, goals })}\n`);
    });
}

async function measured({ architectures, datasets, rounds }: ReportBenchOptions): Promise<Figures> {
  if (chromiumPath === undefined) throw new Error('Chromium is not installed: apt-get install chromium');
  const names = Array.from({ length: datasets }, (_, index) => (index === 0 ? 'imagenet' : `dataset-${index}`));
  const html = await studyReport(
    madeUpResults({
      ...{ architectures, seeds: 2, epochs: 10 },
      datasets: Object.fromEntries(names.map((name) => [name, { share: 0.5 }])),
    }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'bench-report-'));
  const browser = await chromium.launch({ executablePath: chromiumPath, args: [...chromiumArguments] });
  try {
    const file = join(folder, 'report.html');
    await writeFile(file, html);
    const least = { 'size (MB)': Buffer.byteLength(html) / 1e6 } as Figures;
    for (let round = 0; round < rounds; round++) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(pathToFileURL(file).href);
      for (const [name, milliseconds] of Object.entries(await timesOf(page)) as [keyof Figures, number][])
        least[name] = Math.min(least[name] ?? Infinity, milliseconds);
      await page.close();
    }
    return least;
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
}

const timesOf = async (page: Page): Promise<Omit<Figures, 'size (MB)'>> => ({
  'from its file to loaded (ms)': await page.evaluate<number>(
    "performance.getEntriesByType('navigation')[0].loadEventEnd",
  ),
  'from a selection of the best to its paint (ms)': await untilPainted(
    page,
    "[...document.querySelectorAll('#controls button')].find((of) => of.textContent === 'the best').click()",
  ),
  'from a selection of all to its paint (ms)': await untilPainted(
    page,
    "const search = document.querySelector('#controls input[type=search]'); search.value = 'arch-'; search.dispatchEvent(new Event('change'))",
  ),
  'from another scale of errors to its paint (ms)': await untilPainted(
    page,
    "const scale = document.querySelector('#controls select'); scale.value = 'probit'; scale.dispatchEvent(new Event('change', { bubbles: true }))",
  ),
});

/** Measures the milliseconds from a script's action until the frame that shows it is painted, with the charts of the datasets in view. */
const untilPainted = (page: Page, script: string) =>
  page.evaluate<number>(`new Promise((resolve) => {
    document.getElementById('datasets').scrollIntoView();
    setTimeout(() => {
    const began = performance.now();
    { ${script} }
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now() - began);
      channel.port2.postMessage(null);
    });
    }, 300);
  })`);
