import { mostRanked, type Predictions } from './predictions.ts';

/** Gathers predictions batch after batch from a network's logits. */
export class PredictionsCollector {
  readonly #classes: number;
  readonly #predictions: Predictions;
  #images = 0;

  /** @param images of the test split, all of which must be added */
  constructor(images: number, classes: number) {
    this.#classes = classes;
    this.#predictions = {
      labels: new Int32Array(images),
      probabilities: new Float32Array(images),
      ranked: Array.from({ length: Math.min(mostRanked, classes) }, () => new Int32Array(images)),
    };
  }

  /**
   * Adds the next images of the split.
   * @param logits [images, classes]; NaN counts as likelier than the true class, and as the least likely if it is the true class's
   */
  add(logits: Float32Array, labels: Int32Array): void {
    const classes = this.#classes;
    const { ranked, ...of } = this.#predictions;
    labels.forEach((label, row) => {
      const own = logits.subarray(row * classes, (row + 1) * classes);
      const image = this.#images++;
      of.labels[image] = label;
      of.probabilities[image] = probabilityOf(own, label);
      likeliest(own, label, ranked.length).forEach((name, rank) => (ranked[rank]![image] = name));
    });
  }

  /** @throws Error if images are missing */
  finish(): Predictions {
    const { labels } = this.#predictions;
    if (this.#images !== labels.length)
      throw new Error(`predictions must cover ${labels.length} images, got ${this.#images}`);
    return this.#predictions;
  }
}

/** Returns the probability of a class: its share of the exponentials (softmax). */
function probabilityOf(logits: Float32Array, label: number): number {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return Math.exp(logits[label]! - largest) / sum;
}

/** Returns the classes with the largest logits, largest first. Of equal ones the lower class comes first, but the true class last. */
function likeliest(logits: Float32Array, label: number, count: number): number[] {
  const orderly = (logit: number, otherwise: number) => (Number.isNaN(logit) ? otherwise : logit);
  const own = orderly(logits[label]!, -Infinity);
  const others: { name: number; logit: number }[] = [];
  let ahead = 0;
  logits.forEach((value, name) => {
    if (name === label) return;
    const logit = orderly(value, Infinity);
    if (logit >= own) ahead++;
    if (others.length === count && logit <= others.at(-1)!.logit) return;
    let place = others.length;
    while (place > 0 && others[place - 1]!.logit < logit) place--;
    others.splice(place, 0, { name, logit });
    others.length = Math.min(others.length, count);
  });
  const names = others.map(({ name }) => name);
  names.splice(ahead, 0, label);
  return names.slice(0, count);
}
