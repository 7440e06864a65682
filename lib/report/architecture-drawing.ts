import type { NetworkPart } from '../design-space/parts.ts';

const height = 190;
const baseline = 210;
const block = 18;
const gap = 3;
const partGap = 58;
const colours = ['#4c78a8', '#f58518', '#54a24b', '#b279a2', '#e45756', '#72b7b2', '#9d755d', '#eeca3b'];

/**
 * A network as a stand-alone SVG: a box for each block, as high as the logarithm of its width, and its resolution as the
 * strength of its colour; under each part its name, width and size.
 */
export function architectureDrawing(parts: readonly NetworkPart[]): string {
  const bodies = parts.filter(({ name }) => name !== 'head');
  const head = parts.find(({ name }) => name === 'head');
  const widest = Math.max(...bodies.map(({ output }) => output.width));
  const largest = Math.max(...bodies.map(({ input }) => input.size));
  let x = 10;
  const drawn = bodies.map(({ name, blocks, output }, index) => {
    const left = x;
    const boxHeight = (height * (1 + Math.log2(output.width))) / (1 + Math.log2(widest));
    const opacity = 0.35 + (0.65 * Math.log2(1 + output.size)) / Math.log2(1 + largest);
    const boxes = Array.from({ length: blocks }, (_, i) =>
      rectangle(left + i * (block + gap), boxHeight, index, opacity),
    );
    x += Math.max(blocks * (block + gap), 0) + partGap;
    return [...boxes, ...captions(left, [name, `${output.width} ch`, `${output.size} x ${output.size}`])].join('');
  });
  const last = head === undefined ? '' : captions(x, ['head', `${head.output.width} classes`]).join('');
  const classes = `<circle cx="${x + 7}" cy="${baseline - 8}" r="7" fill="#777"/>`;
  const width = x + 90;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 268" width="${width}" height="268" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#333"><title>${bodies.map(({ name, description }) => `${name}: ${description}`).join('; ')}</title><line x1="0" x2="${width}" y1="${baseline}" y2="${baseline}" stroke="#bbb"/>${drawn.join('')}${classes}${last}</svg>\n`;
}

function rectangle(x: number, boxHeight: number, index: number, opacity: number): string {
  const fill = colours[index % colours.length]!;
  return `<rect x="${x}" y="${round(baseline - boxHeight)}" width="${block}" height="${round(boxHeight)}" rx="2" fill="${fill}" fill-opacity="${round(opacity)}"/>`;
}

const captions = (x: number, lines: readonly string[]) =>
  lines.map(
    (line, row) =>
      `<text x="${x}" y="${baseline + 18 + 16 * row}"${row === 0 ? ' font-weight="600"' : ''}>${line}</text>`,
  );

const round = (value: number) => Math.round(value * 100) / 100;
