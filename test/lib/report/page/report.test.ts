import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { parseCsv } from '../../../../lib/core/files/csv.ts';
import { studyReport, type StudyReportInput } from '../../../../lib/report/study-report.ts';
import { describeInBrowser, openPage, type OpenedPage } from '../../../browser.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { madeUpResults } from '../results.ts';

const attack = `<script>document.title='taken'</script><img src=x onerror=alert(1)>"'\n=1+1`;

async function openReport(input: StudyReportInput, options = {}): Promise<OpenedPage> {
  const path = join(await temporaryFolder(), 'report.html');
  await writeFile(path, await studyReport(input));
  return openPage(pathToFileURL(path).href, options);
}

/** How many architectures the first chart of a kind marks. */
const marked = async (page: Page, figure: string) => {
  const path = await page.locator(`[data-figure^="${figure}"] .marks .chosen`).first().getAttribute('d');
  return path!.split('M').length - 1;
};

/** Milliseconds from selecting by a button, or all by the search, to the frame that shows it. */
const redrawn = (page: Page, button: string) =>
  page.evaluate<number>(`new Promise((resolve) => {
    const input = document.querySelector('#controls input');
    const choose = [...document.querySelectorAll('#controls button')].find((of) => of.textContent === ${JSON.stringify(button)});
    const began = performance.now();
    if (choose) choose.click(); else input.dispatchEvent(new Event('change'));
    requestAnimationFrame(() => setTimeout(() => resolve(Math.round(performance.now() - began))));
  })`);

const content = async (page: Page, button: string) => {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(button).click()]);
  return readFile(await download.path());
};

describeInBrowser('a report in a browser', () => {
  test('draws every chart, without an error, a message or a request', async () => {
    const { page, messages, requests } = await openReport(madeUpResults({ architectures: 40, seeds: 2 }));
    const charts = page.locator('figure svg');
    expect(await charts.count()).toBeGreaterThan(40);
    const sizes = await page.evaluate<number[]>(
      `[...document.querySelectorAll('figure svg')].filter((svg) => svg.closest('details:not([open])') === null).map((svg) => svg.getBoundingClientRect().height)`,
    );
    expect(Math.min(...sizes)).toBeGreaterThan(50);
    expect(messages).toEqual([]);
    expect(requests).toEqual([]);
  });

  test('marks what is dragged over in one chart in all others and in the table of runs', async () => {
    const { page, messages } = await openReport(madeUpResults({ architectures: 40 }));
    await page.locator('#all-runs summary').click();
    const chart = page.locator('figure.linked[data-figure^="scatter"] svg').first();
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.boundingBox())!;
    await page.mouse.move(box.x + 50, box.y + 45);
    await page.mouse.down();
    await page.mouse.move(box.x + 170, box.y + 235, { steps: 4 });
    await page.mouse.up();
    const count = await marked(page, 'scatter');
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(40);
    for (const kind of ['distribution', 'parameter']) expect(await marked(page, kind)).toBe(count);
    expect(await page.locator('.panel .selected').textContent()).toBe(`${count} architectures selected`);
    await page.getByLabel('selected architectures only').check();
    const named = await page.locator('#all-runs tbody tr td:first-child').allTextContents();
    expect(new Set(named).size).toBeLessThanOrEqual(count);
    expect(await page.locator('#all-runs tbody tr:not(.chosen)').count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await page.locator('.marks .chosen').count()).toBe(0);
    expect(messages).toEqual([]);
  });

  test('names an architecture that is pointed at and draws its stages, by the keyboard too', async () => {
    const { page } = await openReport(madeUpResults({ architectures: 20 }));
    const chart = page.locator('figure.linked svg').first();
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const panel = page.locator('.panel');
    const name = await panel.locator('strong').textContent();
    expect(name).toMatch(/^arch-0\d\d$/);
    expect(await panel.locator('.stages rect').count()).toBeGreaterThan(3);
    expect(await panel.locator('.errors').textContent()).toContain('imagenet');
    await page.keyboard.press('Enter');
    expect(await marked(page, 'scatter')).toBe(1);
  });

  test('draws errors on the scale that is chosen, and the parameter that is chosen', async () => {
    const { page } = await openReport(madeUpResults({ architectures: 20 }));
    const [scatter, parameter] = ['scatter', 'parameter'].map((kind) =>
      page.locator(`[data-figure^="${kind}"] svg`).first(),
    );
    const drawn = () => Promise.all([scatter!.innerHTML(), parameter!.innerHTML()]);
    const [linear, cumulativeWidth] = await drawn();
    await page.getByLabel('Errors on a scale that is').selectOption('probit');
    const [probit] = await drawn();
    expect(probit).not.toBe(linear);
    await page.locator('#parameter-choice select').selectOption('totalDepth');
    const [, totalDepth] = await drawn();
    expect(totalDepth).not.toBe(cumulativeWidth);
    expect(totalDepth).toContain('Total depth');
    await page.getByLabel('Errors on a scale that is').selectOption('linear');
    expect((await drawn())[0]).toBe(linear);
  });

  test('filters, sorts and pages the table of all runs', async () => {
    const { page } = await openReport(madeUpResults({ architectures: 30 }));
    await page.locator('#all-runs summary').click();
    const rows = page.locator('#all-runs tbody tr');
    expect(await rows.count()).toBe(50);
    expect(await page.locator('#all-runs [role=status]').textContent()).toBe('1 to 50 of 210 runs');
    await page.locator('#all-runs').getByRole('button', { name: 'next' }).click();
    expect(await page.locator('#all-runs [role=status]').textContent()).toBe('51 to 100 of 210 runs');
    await page.locator('#all-runs input[type=search]').fill('reversing arch-01');
    expect(await rows.count()).toBe(10);
    await page.locator('#all-runs th').getByRole('button', { name: 'top-1 error' }).click();
    const errors = (await page.locator('#all-runs tbody td:nth-child(4)').allTextContents()).map(parseFloat);
    expect(errors).toEqual([...errors].sort((a, b) => a - b));
    await page.locator('#all-runs input[type=search]').fill('diverged');
    expect(await rows.count()).toBe(6);
  });

  test('selects an architecture from the table of all runs with the keyboard, which stays where it is', async () => {
    const { page } = await openReport(madeUpResults({ architectures: 30 }));
    await page.locator('#all-runs summary').click();
    const name = page.locator('#all-runs tbody').getByRole('button', { name: 'arch-001' }).first();
    await name.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.panel .selected').textContent()).toBe('1 architecture selected');
    expect(await marked(page, 'scatter')).toBe(1);
    expect(await name.getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('Space');
    expect(await name.getAttribute('aria-pressed')).toBe('false');
    expect(await page.locator('#all-runs .chosen').count()).toBe(0);
  });

  test('saves a chart as SVG and PNG, and its data as CSV in which names are no formulas', async () => {
    const hostile = madeUpResults({ architectures: 12, name: (index) => `=cmd|' /C calc'!A${index}` });
    const { page, messages, requests } = await openReport(hostile);
    const figure = '[data-figure="scatter-4-carrying"]';
    const svg = (await content(page, `${figure} button:text("SVG")`)).toString();
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toContain('var(--');
    const png = await content(page, `${figure} button:text("PNG")`);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.length).toBeGreaterThan(3000);
    const { header, records } = parseCsv((await content(page, `${figure} button:text("CSV")`)).toString(), 'figure');
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
    await page.locator('#all-runs summary').click();
    await page.locator('figure.linked svg').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    expect(await page.locator('.panel strong').textContent()).toContain('<script>');
    expect(await page.title()).toContain('<script>');
    expect(await page.locator('img, main script').count()).toBe(0);
    expect(messages).toEqual([]);
    expect(requests).toEqual([]);
  });

  test('shows every figure and table without its script', async () => {
    const { page, messages } = await openReport(madeUpResults({ architectures: 30 }), { javaScriptEnabled: false });
    expect(await page.locator('figure svg').count()).toBeGreaterThan(30);
    await page.locator('#all-runs summary').click();
    expect(await page.locator('#all-runs tbody tr').count()).toBe(210);
    expect(messages).toEqual([]);
  });

  test('fits a phone: nothing is wider than the screen but what scrolls by itself', async () => {
    const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
    const { page } = await openReport(madeUpResults({ architectures: 30 }), phone);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await page
      .locator('figure.linked svg')
      .first()
      .tap({ position: { x: 170, y: 150 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });

  test('of 500 architectures and 15 datasets marks all of them everywhere as one path a chart', async () => {
    const datasets = Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [index === 0 ? 'imagenet' : `dataset-${index}`, { share: 0.5 }]),
    );
    const { page, messages } = await openReport(madeUpResults({ architectures: 500, datasets, epochs: 2 }));
    await page.getByLabel('Select architectures').fill('arch-');
    await page.keyboard.press('Enter');
    await page.locator('.panel').waitFor();
    expect(await marked(page, 'distribution')).toBe(500);
    const ten = await redrawn(page, 'the best');
    const all = await redrawn(page, '');
    console.log(`from a selection to the next frame: ${ten} ms for 10 architectures, ${all} ms for 500`);
    const nodes = await page.evaluate<number[]>(
      `[...document.querySelectorAll('.marks')].map((marks) => marks.childElementCount)`,
    );
    expect(nodes.length).toBeGreaterThan(40);
    expect(Math.max(...nodes)).toBeLessThanOrEqual(3);
    expect(messages).toEqual([]);
  });
});
