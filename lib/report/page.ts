import { createHash } from 'node:crypto';
import { escape } from './html.ts';
import { pageStyle } from './page-style.ts';

export interface PageOptions {
  /** Classic script that the page runs. */
  script?: string;
  /** JSON that the script finds in the element `data`. */
  data?: string;
  /** Further style sheet. */
  style?: string;
  /** Origins that the script may connect to, as a source list of a content security policy; none where absent. */
  connectsTo?: string;
}

/**
 * A self-contained HTML page: it opens from a file and loads nothing. Its policy lets run no other script than the given one,
 * whatever names in it say.
 * @param title plain text
 * @param body HTML
 */
export function htmlPage(
  title: string,
  body: string,
  { script, data, style = '', connectsTo }: PageOptions = {},
): string {
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    ...(script === undefined ? [] : [`script-src '${integrity(script)}'`]),
    ...(connectsTo === undefined ? [] : [`connect-src ${connectsTo}`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title><style>${pageStyle}${style}</style></head>
<body>
<h1>${escape(title)}</h1>
${body}
${data === undefined ? '' : `<script type="application/json" id="data">${escapeScript(data)}</script>\n`}${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`;
}

const integrity = (script: string) => `sha256-${createHash('sha256').update(script).digest('base64')}`;

/** JSON in a script element must not end it, nor begin a comment. */
const escapeScript = (json: string) =>
  json.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
