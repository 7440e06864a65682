const quantum = 8;

/** Parameters of a RegNet (Radosavovic et al. 2020, section 3.3). */
export interface RegNetParameters {
  /** Blocks. */
  depth: number;
  /** w0, channels, a multiple of 8. */
  initialWidth: number;
  /** wa, channels per block. */
  slope: number;
  /** wm, above 1. */
  multiplier: number;
  bottleneckRatio: number;
  groupWidth: number;
}

/** Stages of a RegNet, one entry per stage. */
export interface RegNetStages {
  depths: number[];
  widths: number[];
  bottleneckRatios: number[];
  groupWidths: number[];
  /** Steps of the quantized widths from the first block to the last; more than the number of stages if one is skipped. */
  steps: number;
}

/**
 * Computes the stages of a RegNet (pycls `models/regnet.py`): block j has the width w0 + wa j, moved to the nearest w0 wm^k (k whole, in
 * logarithms) and then to the nearest multiple of 8; blocks of equal width form a stage. Group widths are limited to the width of the 3x3
 * convolution, and widths are moved to multiples of the group width (pycls `blocks.adjust_block_compatibility`).
 */
export function regNetStages(parameters: RegNetParameters): RegNetStages {
  const { depth, initialWidth, slope, multiplier, bottleneckRatio, groupWidth } = parameters;
  const depths = new Map<number, number>();
  let lastStep = 0;
  for (let block = 0; block < depth; block++) {
    const continuous = initialWidth + slope * block;
    lastStep = roundHalfEven(Math.log(continuous / initialWidth) / Math.log(multiplier));
    const width = roundHalfEven((initialWidth * multiplier ** lastStep) / quantum) * quantum;
    depths.set(width, (depths.get(width) ?? 0) + 1);
  }
  const stages = [...depths.keys()].map((width) => {
    const bottleneckWidth = Math.max(1, Math.floor(width / bottleneckRatio));
    const group = Math.min(groupWidth, bottleneckWidth);
    return { group, width: Math.max(group, roundHalfEven(bottleneckWidth / group) * group) * bottleneckRatio };
  });
  return {
    depths: [...depths.values()],
    widths: stages.map(({ width }) => width),
    bottleneckRatios: stages.map(() => bottleneckRatio),
    groupWidths: stages.map(({ group }) => group),
    steps: lastStep + 1,
  };
}

/** Rounds to the nearest integer, and halves to even, like `round` in NumPy and Python. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
