import { existsSync } from 'node:fs';

/** A Chromium on this machine: that of BEYOND_IMAGENET_BROWSER, or where Debian and Google put it; undefined if there is none. */
export const chromiumPath: string | undefined = [
  process.env['BEYOND_IMAGENET_BROWSER'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && path !== '' && existsSync(path));

/** Its arguments: without a window, and without calls home. */
export const chromiumArguments: readonly string[] = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
