/** The stems of AnyNet by their names in pycls: a 3x3 convolution with this stride, batch norm and ReLU. */
export const stems = {
  simple_stem_in: { stride: 2 },
  res_stem_cifar: { stride: 1 },
} as const;

export type Stem = keyof typeof stems;

export const stemNames = Object.keys(stems) as [Stem, ...Stem[]];
export const defaultStem: Stem = 'simple_stem_in';
