import type { DatasetFacts, DatasetSelection } from './selection.ts';

/** What a selection is expected to hold, before anything of it is read. */
export interface ExpectedSize {
  train: number;
  validation: number;
  test: number;
  classes: number;
  /** Pixels: side of the prepared images. */
  imageSize: number;
  channels: number;
}

/** The size of a selection by what is known of its dataset; classes are taken to be of equal size. */
export function expectedSize(selection: DatasetSelection, facts: DatasetFacts): ExpectedSize {
  const classes = selection.classes ?? facts.classes;
  const share = classes / facts.classes;
  const available = Math.round(share * facts.trainingImages);
  const heldOut = Math.round(selection.validationFraction * available);
  return {
    train: Math.min(available - heldOut, selection.trainingImages ?? Infinity),
    validation: Math.min(heldOut, selection.validationImages ?? Infinity),
    test: Math.min(Math.round(share * facts.testImages), selection.testImages ?? Infinity),
    classes,
    imageSize: selection.imageSize ?? facts.imageSize,
    channels: facts.channels,
  };
}
