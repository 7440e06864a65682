import { chart, type Chart } from './chart.ts';
import { element, label } from './svg.ts';
import type { Theme } from './theme.ts';

/** What is drawn of one stage of a network. */
export interface Stage {
  depth: number;
  width: number;
  bottleneckRatio: number | null;
  groupWidth: number | null;
}

const height = 46;
const block = 7;

/** A network in small: a box for each block, as high as the logarithm of its width; below it the numbers of the stage. */
export function stagesChart(stages: readonly Stage[], theme: Theme): Chart {
  const widest = Math.max(...stages.map(({ width }) => width));
  let x = 2;
  const drawn = stages.map(({ depth, width, bottleneckRatio, groupWidth }) => {
    const left = x;
    const size = (height * Math.log2(1 + width)) / Math.log2(1 + widest);
    const boxes = Array.from({ length: depth }, (_, index) =>
      element('rect', {
        x: left + index * (block + 1),
        y: height - size,
        width: block,
        height: size,
        fill: theme.positive,
      }),
    );
    x += Math.max(depth * (block + 1), 62) + 10;
    const parts = [
      bottleneckRatio === null ? '' : `b ${bottleneckRatio}`,
      groupWidth === null ? '' : `g ${groupWidth}`,
    ];
    return [
      ...boxes,
      label(`${depth} x ${width}`, { x: left, y: height + 13, fill: theme.ink }),
      label(parts.join(' ').trim(), { x: left, y: height + 26, fill: theme.muted }),
    ].join('');
  });
  return chart(x, height + 32, drawn);
}
