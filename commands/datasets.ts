import type { Command } from 'commander';
import { register as registerCheck } from './datasets-check.ts';
import { register as registerExport } from './datasets-export.ts';
import { register as registerList } from './datasets-list.ts';
import { register as registerPrepare } from './datasets-prepare.ts';
import { register as registerShow } from './datasets-show.ts';

/** `datasets list | check | prepare | show | export`: lists, checks, prepares, shows and exports datasets. */
export function register(program: Command): void {
  const datasets = program
    .command('datasets')
    .description('the datasets that a study can use: list, check, prepare, show and export them');
  for (const registerCommand of [registerList, registerCheck, registerPrepare, registerShow, registerExport])
    registerCommand(datasets);
}
