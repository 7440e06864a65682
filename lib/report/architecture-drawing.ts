import type { NetworkPart } from '../design-space/parts.ts';
import { html, trusted, type Markup } from './markup.ts';
import { element, label } from './charts/svg.ts';
import { textWidth } from './charts/text.ts';
import { lightTheme, type Theme } from './charts/theme.ts';
import { escaped } from './markup.ts';

const height = 190;
const baseline = 210;
const block = 18;
const gap = 3;

/**
 * Draws a network as a stand-alone SVG: a box for each block, as high as the logarithm of its width, and paler for lower resolutions; below
 * each part its name, width and size.
 */
export function architectureDrawing(parts: readonly NetworkPart[], theme: Theme = lightTheme): Markup {
  const bodies = parts.filter(({ name }) => name !== 'head');
  const head = parts.find(({ name }) => name === 'head');
  const widest = Math.max(...bodies.map(({ output }) => output.width));
  const largest = Math.max(...bodies.map(({ input }) => input.size));
  let x = 10;
  const drawn: Markup[] = [];
  const caption = (lines: readonly string[]) => {
    lines.forEach((line, row) =>
      drawn.push(
        label(line, x, baseline + 18 + 16 * row, {
          fill: row === 0 ? theme.ink : theme.muted,
          weight: row === 0 ? 600 : 400,
        }),
      ),
    );
    return Math.max(...lines.map((line) => textWidth(line, { weight: 600 })));
  };
  for (const { name, blocks, output } of bodies) {
    const size = (height * (1 + Math.log2(output.width))) / (1 + Math.log2(widest));
    const opacity = 0.35 + (0.65 * Math.log2(1 + output.size)) / Math.log2(1 + largest);
    for (let index = 0; index < blocks; index++)
      drawn.push(
        element('rect', {
          ...{ x: x + index * (block + gap), y: baseline - size, width: block, height: size, rx: 2 },
          ...{ fill: theme.muted, 'fill-opacity': opacity },
        }),
      );
    const captionWidth = caption([name, `${output.width} channels`, `${output.size} × ${output.size} pixels`]);
    x += Math.max(blocks * (block + gap), captionWidth) + 22;
  }
  drawn.push(element('circle', { cx: x + 7, cy: baseline - 8, r: 7, fill: theme.muted }));
  const headWidth = head === undefined ? 20 : caption(['head', `${head.output.width} classes`]);
  const width = Math.ceil(x + headWidth + 10);
  const title = bodies.map(({ name, description }) => `${name}: ${description}`).join('; ');
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox="0 0 ${width} 268"
    width="${width}"
    height="268"
    role="img"
    font-family="'Source Sans 3', system-ui, sans-serif"
    font-size="13"
  >
    ${element('title', {}, trusted(escaped(title)))}${element('line', { x1: 0, x2: width, y1: baseline, y2: baseline, stroke: theme.rule })}${drawn}
  </svg> `;
}
