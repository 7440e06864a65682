import { tensorflowVersion } from '../native/wheels.ts';

/**
 * What computes, as part of every run's key: this engine and the TensorFlow library. Raise the number whenever a change makes
 * the same run end with other weights, so that no study mixes results of both.
 */
export const engineVersion = `7/tensorflow-${tensorflowVersion}`;
