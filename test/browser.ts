import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, type SuiteFactory } from 'vitest';
import { chromiumArguments, chromiumPath } from './chromium.ts';

let browser: Browser;

/** Tests in a real browser; skipped, with the reason in their name, where the machine has none. */
export function describeInBrowser(name: string, tests: SuiteFactory): void {
  const isThere = chromiumPath !== undefined;
  describe.skipIf(!isThere)(
    isThere ? name : `${name} [skipped: no Chromium here; apt-get install chromium]`,
    (...given) => {
      beforeAll(async () => {
        browser = await chromium.launch({ executablePath: chromiumPath!, args: [...chromiumArguments] });
      });
      afterAll(() => browser?.close());
      return tests(...given);
    },
  );
}

/** A page that was opened, with everything that must not happen in it. */
export interface OpenedPage {
  page: Page;
  /** Errors, warnings and messages of its console. */
  messages: string[];
  /** Addresses beside its own that it asked for. */
  requests: string[];
}

/** Opens an address in a browser of its own: nothing is left of other tests. */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    acceptDownloads: true,
    ...options,
  });
  const page = await context.newPage();
  const opened: OpenedPage = { page, messages: [], requests: [] };
  page.on('console', (message) => opened.messages.push(message.text()));
  page.on('pageerror', (error) => opened.messages.push(error.message));
  page.on('dialog', (dialog) => {
    opened.messages.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== url && !/^(blob|data):/.test(request.url())) opened.requests.push(request.url());
  });
  await page.goto(url);
  return opened;
}
