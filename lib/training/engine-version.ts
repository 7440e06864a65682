import { tensorflowVersion } from '../native/wheels.ts';

/**
 * Version of this engine and the TensorFlow library, as part of every run's key. Raise the number whenever a change makes the same run end
 * with different weights, so that no study mixes results of both.
 */
export const engineVersion = `8/tensorflow-${tensorflowVersion}`;
