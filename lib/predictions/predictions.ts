/** The largest number of ranked classes kept for an image. */
export const mostRanked = 5;

/** A network's predictions for each test image, in the order of the test split. */
export interface Predictions {
  /** The true class of each image, from 0. */
  labels: Int32Array;
  /** The probability that the network gives to the true class, in [0, 1]. */
  probabilities: Float32Array;
  /**
   * The classes of each image by rank, likeliest first: `ranked[0]` is the predicted class. As many vectors as the dataset has classes, but
   * at most five. Of equally likely classes the true one comes last, so ties count against the network.
   */
  ranked: readonly Int32Array[];
}

/** Returns for each image whether its true class is not the likeliest one. */
export const wrongImages = ({ labels, ranked }: Predictions): boolean[] =>
  Array.from(labels, (label, image) => ranked[0]![image] !== label);

/** Counts the images whose true class is not the likeliest one. */
export const top1Errors = (predictions: Predictions): number => errorsAmong(predictions, 1);

/** Counts the images whose true class is not among the five likeliest; null with five classes or fewer, when it always is. */
export const top5Errors = (predictions: Predictions, classes: number): number | null =>
  classes > mostRanked ? errorsAmong(predictions, mostRanked) : null;

function errorsAmong({ labels, ranked }: Predictions, ranks: number): number {
  let errors = 0;
  labels.forEach((label, image) => {
    for (let rank = 0; rank < ranks; rank++) if (ranked[rank]![image] === label) return;
    errors++;
  });
  return errors;
}
