import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { parseCsv } from '../../../../lib/core/files/csv.ts';
import { comparisonReport } from '../../../../lib/report/comparison-report.ts';
import { studyReport, type StudyReportInput } from '../../../../lib/report/study-report.ts';
import { describeInBrowser, openPage, type OpenedPage } from '../../../browser.ts';
import { sharedTemporaryFolder } from '../../../temporary-folder.ts';
import { madeUpResults, type MadeUpOptions } from '../results.ts';

const attack = `<script>document.title='taken'</script><img src=x onerror=alert(1)>"'\n=1+1`;

const folder = sharedTemporaryFolder();
/** Each report is made once: tests that change nothing of it open the same file. */
const made = new Map<string, Promise<string>>();

const openReport = async (input: StudyReportInput, options = {}): Promise<OpenedPage> =>
  openPage(await writtenReport(input), options);

async function openMadeUp(results: MadeUpOptions, options = {}): Promise<OpenedPage> {
  const key = JSON.stringify([results, results.name?.(0)]);
  const file = made.get(key) ?? writtenReport(madeUpResults(results));
  made.set(key, file);
  return openPage(await file, options);
}

let written = 0;

async function writtenReport(input: StudyReportInput): Promise<string> {
  const path = join(folder, `report-${written++}.html`);
  await writeFile(path, await studyReport(input));
  return pathToFileURL(path).href;
}

/** Of what most tests need: more networks than the table shows at once. */
const usual: MadeUpOptions = { architectures: 60, seeds: 2 };

/** How many architectures the first chart of a kind marks. */
const marked = async (page: Page, figure: string) => {
  const chart = page.locator(`[data-figure^="${figure}-"]:visible`).first();
  await chart.scrollIntoViewIfNeeded();
  const path = await chart.locator('.marks .chosen').getAttribute('d');
  return path!.split('M').length - 1;
};

const content = async (page: Page, button: string) => {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(button).click()]);
  return readFile(await download.path());
};

describeInBrowser('a report in a browser', () => {
  test('draws every chart, without an error, a message or a request', async () => {
    const { page, messages, requests } = await openMadeUp(usual);
    const charts = page.locator('figure .drawing svg');
    expect(await charts.count()).toBeGreaterThan(40);
    const sizes = await page.evaluate<number[]>(
      `[...document.querySelectorAll('figure .drawing svg')].filter((svg) => svg.checkVisibility()).map((svg) => svg.getBoundingClientRect().height)`,
    );
    expect(Math.min(...sizes)).toBeGreaterThan(50);
    expect(messages).toEqual([]);
    expect(requests).toEqual([]);
  });

  test('marks what is dragged over in one chart in all others and in the table of runs', async () => {
    const { page, messages } = await openMadeUp(usual);
    await page.locator('#all-networks > summary').click();
    const chart = page.locator('figure.linked[data-figure^="scatter"] svg').first();
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.boundingBox())!;
    await page.mouse.move(box.x + 50, box.y + 45);
    await page.mouse.down();
    await page.mouse.move(box.x + 110, box.y + 235, { steps: 4 });
    await page.mouse.up();
    const count = await marked(page, 'scatter');
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(60);
    for (const kind of ['distribution', 'parameter']) expect(await marked(page, kind)).toBe(count);
    expect(await page.locator('#controls .count').textContent()).toBe(`${count} networks selected`);
    expect(await page.locator('.has-selection').count()).toBeGreaterThan(5);
    await page.getByLabel('selected networks only').check();
    expect(await page.locator('#all-networks tbody tr').count()).toBe(count);
    expect(await page.locator('#all-networks tbody tr:not(.chosen)').count()).toBe(0);
    await page.keyboard.press('Escape');
    await chart.scrollIntoViewIfNeeded();
    await expect.poll(() => chart.locator('.chosen').count()).toBe(0);
    expect(messages).toEqual([]);
  });

  test('names a network that is pointed at, with its ranks and its stages in words, by the keyboard too', async () => {
    const { page } = await openMadeUp(usual);
    const chart = page.locator('figure.linked svg:visible').first();
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const tip = page.locator('.tip');
    expect(await tip.locator('b').textContent()).toMatch(/^arch-0\d\d$/);
    expect(await tip.locator('rect').count()).toBeGreaterThan(3);
    expect(await tip.textContent()).toMatch(/stage 1: \d+ × \d+ channels, ratio 2, groups of 8/);
    expect(await tip.textContent()).toMatch(/imagenet[\d.]+ %rank \d+/);
    await page.keyboard.press('Enter');
    expect(await marked(page, 'scatter')).toBe(1);
    await page.keyboard.press('Escape');
    expect(await tip.isVisible()).toBe(false);
  });

  test('follows a network that is selected in the chart of ranks through the others', async () => {
    const { page } = await openMadeUp(usual);
    const chart = page.locator('[data-figure="ranks"] .for-wide svg');
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.boundingBox())!;
    await page.mouse.click(box.x + 0.31 * box.width, box.y + (40 / 760) * box.height);
    expect(await page.locator('[data-figure="ranks"] .for-wide .chosen').count()).toBe(1);
    expect(await marked(page, 'scatter')).toBe(1);
  });

  test('draws errors on the scale that is chosen, and the parameter that is chosen', async () => {
    const { page } = await openMadeUp(usual);
    const [scatter, parameter] = ['scatter', 'parameter'].map((kind) =>
      page.locator(`[data-figure^="${kind}-"] svg`).first(),
    );
    // Charts that are out of sight are drawn when they come into sight.
    const seen = async (chart: Locator) => {
      await chart.scrollIntoViewIfNeeded();
      return chart.innerHTML();
    };
    const linear = await seen(scatter!);
    await page.getByLabel('Scale of errors').selectOption('probit');
    await expect.poll(() => seen(scatter!)).not.toBe(linear);
    expect(await seen(parameter!)).not.toContain('Total depth');
    await page.locator('#parameter-choice select').selectOption('totalDepth');
    await expect.poll(() => seen(parameter!)).toContain('Total depth');
    await page.getByLabel('Scale of errors').selectOption('linear');
    await expect.poll(() => seen(scatter!)).toBe(linear);
  });

  test('finds, sorts and pages the table of all networks, and opens the single trainings of one', async () => {
    const { page } = await openMadeUp(usual);
    await page.locator('#all-networks > summary').click();
    const rows = page.locator('#all-networks tbody tr');
    expect(await rows.count()).toBe(50);
    expect(await page.locator('#all-networks [role=status]').textContent()).toBe('1 to 50 of 60 networks');
    await page.locator('#all-networks').getByRole('button', { name: 'next' }).click();
    expect(await page.locator('#all-networks [role=status]').textContent()).toBe('51 to 60 of 60 networks');
    await page.locator('#all-networks th').getByRole('button', { name: 'reversing' }).click();
    const column = await page.locator('#all-networks tbody td:nth-child(7)').allTextContents();
    const errors = column.map(parseFloat);
    expect(errors).toEqual([...errors].sort((a, b) => a - b));
    await page.locator('#all-networks input[type=search]').fill('arch-003');
    expect(await rows.count()).toBe(1);
    await page.getByRole('button', { name: 'single trainings of arch-003' }).click();
    const trainings = await page.locator('#all-networks .trainings div').allTextContents();
    expect(trainings).toHaveLength(14);
    expect(trainings[0]).toMatch(/^imagenet, seed 0: \d+\.\d\d %/);
    expect(trainings).toContain('reversing, seed 0: diverged');
  });

  test('selects a network in the table of all networks with the keyboard, which stays where it is', async () => {
    const { page } = await openMadeUp(usual);
    await page.locator('#all-networks > summary').click();
    const name = page.locator('#all-networks tbody').getByRole('button', { name: 'arch-001', exact: true });
    await name.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#controls .count').textContent()).toBe('1 network selected');
    expect(await marked(page, 'scatter')).toBe(1);
    expect(await name.getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('Space');
    expect(await name.getAttribute('aria-pressed')).toBe('false');
    expect(await page.locator('#all-networks .chosen').count()).toBe(0);
  });

  test('shows subsets if the switch is on, everywhere and without the script, too', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await openMadeUp(usual, { javaScriptEnabled });
      expect(await page.locator('figure.part:visible').count()).toBe(0);
      await page.getByLabel('Show subsets').check();
      expect(await page.locator('figure.part:visible').count()).toBeGreaterThan(8);
    }
  });

  test('saves a chart as SVG and PNG, and its data as CSV in which names are no formulas', async () => {
    const hostile = madeUpResults({ architectures: 12, name: (index) => `=cmd|' /C calc'!A${index}` });
    const { page, messages, requests } = await openReport(hostile);
    const figure = '[data-figure="scatter-4-carrying"]';
    const saved = async (kind: string) => {
      await page.locator(`${figure} .save summary`).click();
      return content(page, `${figure} .save button:text("${kind}")`);
    };
    const svg = (await saved('SVG')).toString();
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toContain('var(--');
    const png = await saved('PNG');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.length).toBeGreaterThan(3000);
    const { header, records } = parseCsv((await saved('CSV')).toString(), 'figure');
    expect(header).toEqual(['architecture', 'error on imagenet', 'error on carrying']);
    expect(records).toHaveLength(12);
    for (const { cells } of records) expect(cells[0]).toMatch(/^'=cmd/);
    expect(messages).toEqual([]);
    expect(requests).toEqual([]);
  });

  test('runs nothing that names say, wherever they are shown', async () => {
    const { page, messages, requests } = await openReport({
      ...madeUpResults({
        architectures: 12,
        name: (index) => `${attack}${index}`,
        datasets: { [attack]: { share: 1 }, [`other${attack}`]: { share: 0.5 } },
      }),
      title: attack,
      description: attack,
    });
    await page.locator('#all-networks > summary').click();
    await page.locator('figure.linked svg:visible').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    expect(await page.locator('.tip b').textContent()).toContain('<script>');
    expect(await page.title()).toContain('<script>');
    expect(await page.locator('img, main script').count()).toBe(0);
    expect(messages).toEqual([]);
    expect(requests).toEqual([]);
  });

  test('shows every figure and table without its script', async () => {
    const { page, messages } = await openMadeUp(usual, { javaScriptEnabled: false });
    expect(await page.locator('figure svg').count()).toBeGreaterThan(30);
    await page.locator('#all-networks > summary').click();
    expect(await page.locator('#all-networks tbody tr').count()).toBe(60);
    expect(messages).toEqual([]);
  });

  const long: MadeUpOptions = {
    ...{ architectures: 30, seeds: 2 },
    name: (index) => `a-network-whose-name-is-rather-long-and-has-no-space-${index}`,
    datasets: {
      imagenet: { share: 1 },
      'imagenet/10-classes': { share: 0.9, classes: 10, classDraw: 0 },
      a_dataset_whose_name_is_rather_long_and_has_no_space: { share: 0.9 },
      unrelated: { share: 0 },
    },
  };
  for (const width of [360, 390, 768, 1280])
    test(`fits a screen of ${width} pixels: nothing is wider but what scrolls by itself`, async () => {
      const { page } = await openMadeUp(long, { viewport: { width, height: 800 }, hasTouch: width < 500 });
      const widest = () => page.evaluate('document.documentElement.scrollWidth');
      expect(await widest()).toBe(width);
      await page.evaluate("document.querySelectorAll('details:not(.save)').forEach((of) => (of.open = true))");
      await page.evaluate("document.querySelector('#show-parts').click()");
      expect(await widest()).toBe(width);
      const chart = page.locator('figure.linked svg:visible').first();
      const box = (await chart.boundingBox())!;
      await chart.click({ position: { x: box.width / 2, y: box.height / 2 } });
      expect(await widest()).toBe(width);
    });

  test('a comparison of studies fits a phone: its headings are words, and each finding has the name of its study', async () => {
    const studies = ['first', 'second'].map((title) => ({ ...madeUpResults({ architectures: 12 }), title }));
    const path = join(folder, 'comparison.html');
    await writeFile(path, comparisonReport(studies));
    const { page } = await openPage(pathToFileURL(path).href, { viewport: { width: 390, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    const heights = await page.evaluate<number[]>(
      `[...document.querySelectorAll('.intervals thead th.number')].map((of) => of.getBoundingClientRect().height)`,
    );
    expect(Math.max(...heights)).toBeLessThan(60);
    const named = `[...document.querySelectorAll('.claims td')].map((of) => getComputedStyle(of, '::before').content)`;
    expect(await page.evaluate<string[]>(named)).toContain('"second: "');
  });

  for (const [kind, datasets] of [
    ['one target', { imagenet: { share: 1 }, mine: { share: 0.9 } }],
    [
      'eight targets',
      Object.fromEntries(['imagenet', ...'abcdefgh'].map((name, index) => [name, { share: 1 - index / 5 }])),
    ],
  ] as const)
    test(`answers in its first 800 pixels, with ${kind}: headline, chart and three figures`, async () => {
      const { page } = await openMadeUp({ ...usual, datasets });
      const bottom = (selector: string) =>
        page.evaluate<number[]>(
          `[...document.querySelectorAll(${JSON.stringify(selector)})].map((of) => of.getBoundingClientRect().bottom)`,
        );
      expect(await bottom('h1')).toHaveLength(1);
      expect(await bottom('.hero .stat')).toHaveLength(3);
      for (const selector of ['h1', '.deck', '.hero figure .for-wide svg, .hero figure.table', '.hero .stat'])
        expect(Math.max(...(await bottom(selector))), selector).toBeLessThan(800);
    });

  test('has no violation of the rules of accessibility that axe knows, in light and dark colours, with everything open', async () => {
    const datasets = {
      imagenet: { share: 1 },
      'imagenet/10-classes': { share: 0.9, classes: 10, classDraw: 0 },
      'imagenet/10-classes-control': { share: 0.95, control: 10 },
      carrying: { share: 0.9 },
      reversing: { share: -0.9 },
    };
    const input = madeUpResults({ architectures: 12, seeds: 2, datasets });
    const classErrors = Object.keys(datasets).flatMap((dataset) =>
      ['shirt', 'boot'].map((name, label) => ({
        ...{ dataset, class: name, classes: 2, images: 50, n: 12 },
        ...{ error: 0.2 + 0.1 * label, ofBestThird: 0.1, ofWorstThird: 0.4 },
      })),
    );
    const notes = ['A note.'];
    const { page } = await openReport({ ...input, notes, analysis: { ...input.analysis, classErrors } });
    await page.evaluate("document.querySelectorAll('details:not(.save)').forEach((of) => (of.open = true))");
    await page.evaluate(
      "document.querySelector('#show-parts').checked || document.querySelector('#show-parts').click()",
    );
    // Rows of numbers are all made alike: three of each table are as good as hundreds, which take axe ten times as long.
    await page.evaluate(
      "document.querySelectorAll('table:not(.intervals, .matrix) tbody').forEach(({ rows }) => [...rows].slice(3).forEach((row) => row.remove()))",
    );
    // Not as a script of the page, whose policy would refuse it.
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    // Colours alone differ between the two.
    for (const [colorScheme, rules] of [
      ['light', ''],
      ['dark', ", runOnly: ['color-contrast']"],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      const violations = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
        `axe.run({ resultTypes: ['violations']${rules} }).then(({ violations }) => violations)`,
      );
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.length} x ${nodes[0]!.html.slice(0, 120)}`),
        colorScheme,
      ).toEqual([]);
    }
  });

  test('of hundreds of networks marks all of them everywhere as a ring a chart', async () => {
    const datasets = Object.fromEntries(['imagenet', 'a', 'b'].map((name) => [name, { share: 0.5 }]));
    const { page, messages } = await openReport(madeUpResults({ architectures: 300, datasets }));
    await page.getByLabel('Select networks').fill('arch-');
    await page.keyboard.press('Enter');
    await page.locator('#controls .count:text("300")').waitFor();
    expect(await marked(page, 'distribution')).toBe(300);
    const nodes = await page.evaluate<number[]>(
      `[...document.querySelectorAll('.marks')].map((marks) => marks.childElementCount)`,
    );
    expect(nodes.length).toBeGreaterThan(10);
    expect(Math.max(...nodes)).toBeLessThanOrEqual(4);
    expect(messages).toEqual([]);
  });
});
