import { complexityMeasures, type Complexity } from '../../lib/design-space/complexity.ts';
import type { NetworkPart, Shape } from '../../lib/design-space/parts.ts';
import { textTable } from './table.ts';
import { grouped } from '../../lib/report/words/numbers.ts';

const rows = 8;
const fills = ['', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Describes a network as text: its drawing, then a table with a row for each part and one for the whole network. */
export function describeNetwork(parts: readonly NetworkPart[]): string {
  return `${drawing(parts)}\n\n${partTable(parts)}`;
}

/** Draws a column for each block, with the logarithm of its width as its height; below each part are its name and resolution. */
function drawing(parts: readonly NetworkPart[]): string {
  const bodies = parts.filter(({ name }) => name !== 'head');
  const widest = Math.max(...bodies.map(({ output }) => output.width));
  const columns = bodies.map(({ name, output, blocks }) => {
    const lines = [`${output.width} ch`, name, `${output.size} px`];
    const cells = Math.max(2 * blocks, ...lines.map(({ length }) => length));
    const height = (8 * rows * (1 + Math.log2(output.width))) / (1 + Math.log2(widest));
    const column = (row: number) =>
      `${fills[Math.max(0, Math.min(8, Math.round(height - 8 * row)))] || ' '} `.repeat(blocks).padEnd(cells);
    return { column, lines: lines.map((line) => line.padEnd(cells)) };
  });
  const picture = Array.from({ length: rows }, (_, i) => columns.map(({ column }) => column(rows - 1 - i)).join('  '));
  const legend = [0, 1, 2].map((line) => columns.map(({ lines }) => lines[line]).join('  '));
  return [...picture, ...legend].map((line) => line.trimEnd()).join('\n');
}

function partTable(parts: readonly NetworkPart[]): string {
  const [flops, params, acts] = complexityMeasures.map((measure) =>
    parts.reduce((sum, { complexity }) => sum + complexity[measure], 0),
  ) as [number, number, number];
  const costs = (complexity: Complexity) => [
    grouped(complexity.flops),
    `${Math.round((100 * complexity.flops) / flops)} %`,
    grouped(complexity.params),
    grouped(complexity.acts),
  ];
  return textTable(
    ['part', 'input', 'output', 'flops', 'of all', 'params', 'acts', 'layers'],
    [
      ...parts.map(({ name, input, output, complexity, description }) => [
        name,
        shapeText(input),
        shapeText(output),
        ...costs(complexity),
        description,
      ]),
      ['all', '', '', ...costs({ flops, params, acts })],
    ],
    { left: ['part', 'layers'], least: ['input', 'of all'] },
  );
}

const shapeText = ({ size, width }: Shape) => (size === 1 ? String(width) : `${size}x${size}x${width}`);
