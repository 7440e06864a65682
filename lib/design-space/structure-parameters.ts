import type { Architecture } from './architecture.ts';

/** A number that describes the structure of an architecture, to analyse the dependence of errors on it. */
export interface StructureParameter {
  /** Field name in tables: one letter and the stage as in the paper (`d1`), or a word (`totalDepth`). */
  key: string;
  title: string;
  unit: string;
  /** Its exact definition. */
  description: string;
  /** Stage, from 1; absent for parameters of the whole network. */
  ofStage?: number;
  /** Its value; throws a RangeError for a stage that an architecture does not have. */
  of: (architecture: Architecture) => number;
}

type StageValues = 'depths' | 'widths' | 'bottleneckRatios' | 'groupWidths';

const stageParameters: { letter: string; values: StageValues; title: string; unit: string; description: string }[] = [
  { letter: 'd', values: 'depths', title: 'depth', unit: 'blocks', description: 'blocks of the stage' },
  { letter: 'w', values: 'widths', title: 'width', unit: 'channels', description: "channels of the stage's blocks" },
  {
    letter: 'b',
    values: 'bottleneckRatios',
    title: 'bottleneck ratio',
    unit: 'ratio',
    description: 'width of a block / width of its 3x3 convolution',
  },
  {
    letter: 'g',
    values: 'groupWidths',
    title: 'group width',
    unit: 'channels',
    description: 'channels of a group of the 3x3 convolution',
  },
];

/** The parameters of the whole network, derived from those of its stages. */
const networkParameters: StructureParameter[] = [
  {
    key: 'totalDepth',
    title: 'Total depth',
    unit: 'blocks',
    description: 'sum of the depths over the stages',
    of: ({ depths }) => sum(depths),
  },
  {
    key: 'cumulativeWidth',
    title: 'Cumulative width',
    unit: 'channels',
    description: 'sum of the widths over all blocks: depth times width, summed over the stages',
    of: ({ depths, widths }) => sum(depths.map((depth, stage) => depth * at(widths, stage))),
  },
  {
    key: 'stageWidthSum',
    title: 'Sum of stage widths',
    unit: 'channels',
    description: 'sum of the widths over the stages, whatever their depth',
    of: ({ widths }) => sum(widths),
  },
  {
    key: 'finalWidth',
    title: 'Final width',
    unit: 'channels',
    description: "width of the last stage: the features of the linear layer's input",
    of: ({ widths }) => at(widths, widths.length - 1),
  },
  {
    key: 'meanWidth',
    title: 'Mean width',
    unit: 'channels',
    description: 'mean of the width over the blocks',
    of: ({ depths, widths }) => meanOverBlocks(depths, widths),
  },
  {
    key: 'meanBottleneckRatio',
    title: 'Mean bottleneck ratio',
    unit: 'ratio',
    description: 'mean of the bottleneck ratio over the blocks',
    of: ({ depths, bottleneckRatios }) => meanOverBlocks(depths, bottleneckRatios),
  },
  {
    key: 'meanGroupWidth',
    title: 'Mean group width',
    unit: 'channels',
    description: 'mean of the group width over the blocks',
    of: ({ depths, groupWidths }) => meanOverBlocks(depths, groupWidths),
  },
];

/**
 * Returns the structure parameters of networks with a number of stages: depth, width, bottleneck ratio and group width of each stage (16
 * with four stages), then the derived ones.
 */
export function structureParametersFor(stages: number): StructureParameter[] {
  return [
    ...stageParameters.flatMap(({ letter, values, title, unit, description }) =>
      Array.from({ length: stages }, (_, stage) => ({
        key: `${letter}${stage + 1}`,
        title: `Stage ${stage + 1} ${title}`,
        unit,
        description,
        ofStage: stage + 1,
        of: (architecture: Architecture) => at(architecture[values], stage),
      })),
    ),
    ...networkParameters,
  ];
}

/** The structure parameters of AnyNetX and every other space with four stages. */
export const structureParameters: readonly StructureParameter[] = structureParametersFor(4);

/**
 * Returns the values of an architecture's structure parameters by key, in the order of `structureParametersFor` for a number of stages, by
 * default its own; null for a stage that it does not have.
 */
export function structureParametersOf(
  architecture: Architecture,
  stages = architecture.depths.length,
): Record<string, number | null> {
  return Object.fromEntries(
    structureParametersFor(stages).map(({ key, ofStage = 1, of }) => [
      key,
      ofStage <= architecture.depths.length ? of(architecture) : null,
    ]),
  );
}

/** The complexities that the analysis shows beside the structure parameters. */
export const complexityParameters = [
  {
    key: 'flops',
    title: 'Flops',
    unit: 'multiply-adds',
    description: 'of convolutions and linear layer, for one image',
  },
  { key: 'params', title: 'Parameters', unit: 'parameters', description: 'everything that is trained' },
  {
    key: 'acts',
    title: 'Activations',
    unit: 'elements',
    description: 'output elements of convolutions and linear layer, for one image',
  },
] as const;

const at = (values: readonly number[], index: number): number => {
  const value = values[index];
  if (value === undefined) throw new RangeError(`there is no stage ${index + 1} in ${JSON.stringify(values)}`);
  return value;
};

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const meanOverBlocks = (depths: readonly number[], values: readonly number[]) =>
  sum(depths.map((depth, stage) => depth * at(values, stage))) / sum(depths);
