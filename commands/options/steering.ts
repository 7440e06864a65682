import type { Command } from 'commander';
import type { Study } from '../../control/study.ts';
import { withStateOptions } from './state-option.ts';
import { withStudies, type StudiesOptions } from './studies.ts';

/** Adds a command about one study, which its argument names. */
export const studyCommand = (program: Command, name: string, description: string): Command =>
  withStateOptions(program.command(name).argument('<id>', 'id of the study').description(description));

/** An action that steers the study in its argument and says what it has done. */
export const steer =
  <Options extends object>(work: (study: Study, options: Options) => Promise<string>) =>
  async (id: string, options: Options & StudiesOptions): Promise<void> => {
    const done = await withStudies(options, (studies) => work(studies.study(id), options));
    process.stderr.write(`${done}\n`);
  };
