import type { DatasetFacts, DatasetSelection } from './selection.ts';

/** The expected size of a selection, before any of it is read. */
export interface ExpectedSize {
  train: number;
  validation: number;
  test: number;
  classes: number;
  /** Pixels: side of the prepared images. */
  imageSize: number;
  channels: number;
}

/** The size of a selection, computed from facts about its dataset; classes are assumed to be of equal size. */
export function expectedSize(selection: DatasetSelection, facts: DatasetFacts): ExpectedSize {
  const countOf = (classes: DatasetSelection['classes']) =>
    (Array.isArray(classes) ? classes.length : classes) ?? facts.classes;
  const classes = countOf(selection.classes);
  const ofClasses = (images: number, count: number) => Math.round((images * count) / facts.classes);
  // A control has as many images as its subset, but from all classes.
  const drawn = countOf((selection.controlFor ?? selection).classes);
  const available = ofClasses(facts.trainingImages, drawn);
  const heldOut = facts.validationImages === undefined ? Math.round(selection.validationFraction * available) : 0;
  const validation = facts.validationImages === undefined ? heldOut : ofClasses(facts.validationImages, drawn);
  return {
    train: Math.min(available - heldOut, selection.trainingImages ?? Infinity),
    validation: Math.min(validation, selection.validationImages ?? Infinity),
    test: Math.min(ofClasses(facts.testImages, classes), selection.testImages ?? Infinity),
    classes,
    imageSize: selection.imageSize ?? facts.imageSize,
    channels: facts.channels,
  };
}
