import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { DatasetManifest } from './manifest.ts';

/**
 * Mean, standard deviation and principal components of the channels, of pixels scaled to [0, 1], in one pass.
 * The sums are integers, exact up to 2^53 (10^11 pixels), so the order of the images does not matter.
 */
export class PixelStatistics {
  readonly #channels: number;
  readonly #sums: Float64Array;
  /** [channels, channels], upper triangle. */
  readonly #products: Float64Array;
  #pixels = 0;

  constructor(channels: number) {
    this.#channels = channels;
    this.#sums = new Float64Array(channels);
    this.#products = new Float64Array(channels * channels);
  }

  /** Adds an image: uint8, [height, width, channels]. */
  add(pixels: Uint8Array): void {
    const channels = this.#channels;
    for (let a = 0; a < channels; a++) {
      let sum = 0;
      for (let i = a; i < pixels.length; i += channels) sum += pixels[i]!;
      this.#sums[a]! += sum;
      for (let b = a; b < channels; b++) {
        let product = 0;
        for (let i = 0; i < pixels.length; i += channels) product += pixels[i + a]! * pixels[i + b]!;
        this.#products[a * channels + b]! += product;
      }
    }
    this.#pixels += pixels.length / channels;
  }

  /** Population mean and standard deviation by channel; 1 stands for the deviation of a constant channel, which it leaves centred. */
  normalization(): DatasetManifest['normalization'] {
    const mean = this.#mean().map((value) => value / 255);
    const std = mean.map((_, c) => Math.sqrt(this.#covariance(c, c)) || 1);
    return { mean, std };
  }

  /** Eigenvalues in descending order with unit eigenvectors, each signed so that its largest component is positive. */
  pca(): DatasetManifest['pca'] {
    const axis = Array.from({ length: this.#channels }, (_, c) => c);
    const covariance = new Matrix(axis.map((a) => axis.map((b) => this.#covariance(Math.min(a, b), Math.max(a, b)))));
    const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
    const components = axis
      .map((k) => ({ value: realEigenvalues[k]!, vector: positive(eigenvectorMatrix.getColumn(k)) }))
      .sort((a, b) => b.value - a.value);
    return {
      eigenvalues: components.map(({ value }) => Math.max(0, value)),
      eigenvectors: axis.map((c) => components.map(({ vector }) => vector[c]!)),
    };
  }

  #mean(): number[] {
    return Array.from(this.#sums, (sum) => sum / this.#pixels);
  }

  /** a <= b. */
  #covariance(a: number, b: number): number {
    const product = this.#products[a * this.#channels + b]!;
    // Never negative by rounding: a constant channel has exactly N times its square as its sum of squares.
    const centred = product - (this.#sums[a]! * this.#sums[b]!) / this.#pixels;
    return (a === b ? Math.max(0, centred) : centred) / this.#pixels / 255 ** 2;
  }
}

function positive(vector: number[]): number[] {
  const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}
