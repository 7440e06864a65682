import { createHash } from 'node:crypto';
import { embeddedFont } from './font/embedded-font.ts';
import { html, keptTogether, trusted, type Markup } from './markup.ts';
import { pageStyle } from './page-style.ts';

export interface PageOptions {
  /** Classic script of the page. */
  script?: string;
  /** JSON that the script finds in the element `data`. */
  data?: string;
  /** Further style sheet. */
  style?: string;
  /** Origins that the script may connect to, as a source list of a content security policy; by default none. */
  connectsTo?: string;
}

/**
 * Returns a self-contained HTML page, which opens from a file and loads nothing. Its policy forbids all scripts but the given one, whatever
 * names in it contain.
 * @param title plain text
 */
export function htmlPage(
  title: string,
  body: Markup,
  { script, data, style = '', connectsTo }: PageOptions = {},
): string {
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data: blob:',
    ...(script === undefined ? [] : [`script-src '${integrity(script)}'`]),
    ...(connectsTo === undefined ? [] : [`connect-src ${connectsTo}`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const scripts = [
    ...(data === undefined ? [] : [`<script type="application/json" id="data">${escapeScript(data)}</script>\n`]),
    ...(script === undefined ? [] : [`<script>${script}</script>\n`]),
  ].join('');
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${trusted(fontFace + pageStyle + style)}
        </style>
      </head>
      <body>
        ${keptTogether(body)} ${trusted(scripts)}
      </body>
    </html> `.text;
}

/** Returns a heading with its content. */
export const titled = (title: string, content: Markup): Markup =>
  html`<main class="simple">
    <h1>${title}</h1>
    ${content}
  </main>`;

const fontFace = `@font-face{font-family:'Source Sans 3';src:url(data:font/woff2;base64,${embeddedFont}) format("woff2");font-weight:400 700;font-display:block}\n`;

const integrity = (script: string) => `sha256-${createHash('sha256').update(script).digest('base64')}`;

/** JSON in a script element must neither end it nor begin a comment. */
const escapeScript = (json: string) =>
  json.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
