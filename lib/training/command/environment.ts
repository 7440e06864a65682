import { gpuEnvironment, type Device } from '../device.ts';

/** Variables that programs commonly need, none of which is a secret. */
const common =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|XDG_CACHE_HOME|LD_LIBRARY_PATH|VIRTUAL_ENV|CONDA_PREFIX)$/;

/** Whether a variable is for the worker alone: the credentials of its store and Temporal server, and its own settings. */
export const isWithheld = (name: string): boolean => /^(AWS|TEMPORAL|BEYOND_IMAGENET)_/i.test(name);

/**
 * Returns the environment of a trainer's process: inherited variables that programs commonly need or the trainer names, but never those
 * withheld; the variables of the device; and the folder of the run.
 * @param names of further variables that are passed on if the worker has them
 * @throws TrainingFailure if the inherited `CUDA_VISIBLE_DEVICES` does not show the GPU
 */
export function trainerEnvironment(
  inherited: NodeJS.ProcessEnv,
  names: readonly string[],
  device: Device,
  runFolder: string,
): NodeJS.ProcessEnv {
  const given = Object.entries(inherited).filter(
    ([name]) => (common.test(name) || names.includes(name)) && !isWithheld(name),
  );
  return { ...Object.fromEntries(given), ...deviceVariables(inherited, device), [runVariable]: runFolder };
}

/** The variable that names the folder of the run; it also serves to find the processes of a run. */
export const runVariable = 'BEYOND_IMAGENET_RUN';

function deviceVariables(inherited: NodeJS.ProcessEnv, device: Device): NodeJS.ProcessEnv {
  if (device.kind === 'gpu') return gpuEnvironment(inherited, device.index);
  const threads = String(device.threads);
  return {
    CUDA_VISIBLE_DEVICES: '-1',
    OMP_NUM_THREADS: threads,
    MKL_NUM_THREADS: threads,
    OPENBLAS_NUM_THREADS: threads,
  };
}
