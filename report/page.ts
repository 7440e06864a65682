const style = `
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 1200px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0.2rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
p.lead { color: #555; margin-top: 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.87rem; }
tbody tr:hover { background: #f6f8fa; }
th, td { padding: 0.2rem 0.55rem; border-bottom: 1px solid #e4e4e4; text-align: left; white-space: nowrap; }
td.number, th.number { text-align: right; }
.scroll { overflow-x: auto; } .grid { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; }
figure { margin: 0.6rem 0; }
svg { max-width: none; } figure svg { max-width: max(100%, 30rem); height: auto; }
td:nth-child(2):last-child { white-space: normal; }
@media print { body { margin: 0; max-width: none; } section, figure { break-inside: avoid; } }
details summary { cursor: pointer; }`;

/** A self-contained HTML page: opens offline, loads nothing. `body` is HTML; the title is plain text. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`;
}

/** A cell: text, or a number with its digits grouped. */
export type Cell = string | number;

/** An HTML table; numbers stand to the right. */
export function htmlTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (tag: 'td' | 'th', value: Cell, number: boolean) =>
    `<${tag}${number ? ' class="number"' : ''}>${escapeHtml(typeof value === 'number' ? value.toLocaleString('en-US') : value)}</${tag}>`;
  const isNumber = header.map((_, column) => typeof rows[0]?.[column] === 'number');
  const line = (tag: 'td' | 'th', values: readonly Cell[]) =>
    `<tr>${values.map((value, column) => cell(tag, value, isNumber[column] === true)).join('')}</tr>`;
  return `<div class="scroll"><table><thead>${line('th', header)}</thead><tbody>${rows.map((row) => line('td', row)).join('')}</tbody></table></div>`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
