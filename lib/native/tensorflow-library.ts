import { join } from 'node:path';
import koffi, { type LibraryHandle } from 'koffi';
import { tensorflowLibraries } from './tensorflow.ts';

/**
 * Loads TensorFlow's library into this process and nothing more: it does not look for devices. A process that has already loaded it, or
 * loads the tfjs binding later, uses the same library.
 * @param part folder of the TensorFlow part
 */
export function loadLibrary(part: string): LibraryHandle {
  const [library, framework] = tensorflowLibraries.map((name) => join(part, 'tensorflow', name));
  koffi.load(framework!, { lazy: true, global: true });
  return koffi.load(library!, { lazy: true });
}
