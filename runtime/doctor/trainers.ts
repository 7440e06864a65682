import { findOnPath, isExecutable } from '../../lib/native/tools.ts';
import type { CommandTrainer } from '../../lib/study/trainer-config.ts';
import { failure, ok, warning, type Finding } from './finding.ts';

/** Checks whether the command of a study's trainer is on this machine; only the trainer knows what else it needs. */
export function checkCommand({ name, command: [program = ''] }: Pick<CommandTrainer, 'name' | 'command'>): Finding {
  const what = `trainer ${name}`;
  const isOwnFile = program.includes('/') && !program.startsWith('/');
  if (isOwnFile) return ok(what, `${program} is among its files; packages that it needs are not checked`);
  const found = program.startsWith('/') ? [program].find(isExecutable) : findOnPath([program]);
  if (found === undefined)
    return failure(
      what,
      `its command ${JSON.stringify(program)} is not on this machine`,
      'install it, or start the worker with a PATH on which it is; other workers get its runs meanwhile',
    );
  return ok(what, `its command is ${found}; packages that it needs are not checked (try a run: train --config <file>)`);
}

/**
 * Describes the trainers that this machine can run, if no study is given.
 * @param tensorflow the finding about TensorFlow
 */
export function trainersInWords({ status, detail, remedy }: Finding): Finding {
  const python = findOnPath(['python3']);
  const commands = `commands that studies name${python === undefined ? '' : ` (python3 is ${python})`}`;
  return status === 'failure'
    ? warning('trainers', `${commands}; not this program's engine: ${detail}`, remedy!)
    : ok('trainers', `this program's engine, and ${commands}`);
}
