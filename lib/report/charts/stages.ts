import type { Markup } from '../markup.ts';
import { chart, type Chart } from './chart.ts';
import { element, label } from './svg.ts';
import type { Theme } from './theme.ts';

/** The properties of a stage that are drawn. */
export interface Stage {
  depth: number;
  width: number;
  bottleneckRatio: number | null;
  groupWidth: number | null;
}

const height = 40;
const most = 7;
/** Width in pixels that the number below a stage needs. */
const least = 22;

/**
 * Draws a network in small: a bar for each block, as high as the logarithm of its width, and below each stage its width in channels.
 * @param largest the width drawn at full height, the same for networks that are compared
 */
export function stagesChart(
  stages: readonly Stage[],
  largest: number,
  colour: string,
  theme: Theme,
  width = 190,
): Chart {
  const gap = 12;
  const widthAt = (step: number) =>
    stages.reduce((sum, { depth }) => sum + Math.max(depth * step, least), gap * (stages.length - 1));
  let step = most + 2;
  while (step > 1 && widthAt(step) > width) step -= 0.25;
  let x = 0;
  const drawn: Markup[] = [];
  for (const { depth, width: channels } of stages) {
    const size = Math.max(2, (height * Math.log2(1 + channels)) / Math.log2(1 + largest));
    for (let block = 0; block < depth; block++)
      drawn.push(
        element('rect', {
          ...{ x: x + block * step, y: height - size, width: Math.max(1, step - Math.min(2, step / 3)), height: size },
          ...{ rx: step > 5 ? 1.5 : 0, fill: colour },
        }),
      );
    drawn.push(label(String(channels), x, height + 15, { fill: theme.muted, size: 12 }));
    x += Math.max(depth * step, least) + gap;
  }
  return chart(Math.max(width, x), height + 20, drawn);
}
