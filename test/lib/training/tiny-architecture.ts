import { architectureSchema } from '../../../lib/design-space/architecture.ts';

/** A network whose step takes milliseconds, with a group convolution and a projected shortcut. */
export const tinyArchitecture = architectureSchema.parse({
  stem: 'res_stem_cifar',
  stemWidth: 8,
  depths: [1, 1],
  widths: [8, 16],
  strides: [1, 2],
  bottleneckRatios: [1, 2],
  groupWidths: [4, 4],
});
