import { InvalidArgumentError, Option } from 'commander';
import { roles, type Role } from '../../workflows/task-queues.ts';

/** Makes the option `--role`, which is all roles by default. */
export const roleOption = (): Option =>
  new Option('--role <list>', `roles of this worker: ${roles.join(', ')}, or several separated by commas`)
    .argParser(parseRoles)
    .default([...roles], 'all');

function parseRoles(text: string): Role[] {
  return text.split(',').map((name) => {
    const role = roles.find((candidate) => candidate === name);
    if (role === undefined) throw new InvalidArgumentError(`It must be one or more of ${roles.join(', ')}.`);
    return role;
  });
}
