import type { Command } from 'commander';
import type { Studies } from '../../control/studies.ts';
import type { Study } from '../../control/study.ts';
import { noSuchStudy } from '../../control/look-up.ts';
import { configuredTarget } from '../../control/temporal-target.ts';
import { stateFolder } from '../../lib/core/files/state-folder.ts';
import { openStore } from '../../lib/store/open-store.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import type { StudyConfig } from '../../lib/study/config.ts';
import { withStateOptions } from '../options/state-option.ts';
import { addWorkerOptions } from '../options/worker-options.ts';
import { carryOut, type CarryOutOptions } from './carry-out.ts';
import { withStudies, type StudiesOptions } from './open-studies.ts';
import { printJson, say } from '../terminal/print.ts';

/** The effect on a study, as a sentence and as members of the JSON document. */
export interface Done {
  text: string;
  json: { action: string } & Record<string, unknown>;
}

/** Adds a command that steers the running study named by its argument. */
export const steeringCommand = (program: Command, name: string, description: string): Command =>
  withStateOptions(program.command(name).argument('<id>', 'id of the study').description(description)).option(
    '--json',
    'print what was done as JSON',
    false,
  );

/** Adds a command that gives new work to the study named by its argument, even if it has ended. */
export const changingCommand = (program: Command, name: string, description: string): Command =>
  addWorkerOptions(
    steeringCommand(program, name, description).option(
      '--detach',
      'end as soon as the study is running; without a configured Temporal server, a background process does its work',
      false,
    ),
  );

/** Makes an action that steers a running study and reports the effect. */
export const steer =
  <Options extends object>(work: (study: Study, options: Options) => Promise<Done>) =>
  async (id: string, options: Options & StudiesOptions & { json: boolean }): Promise<void> => {
    const done = await withStudies(options, (studies) => work(studies.study(id), options));
    tell(id, done, options.json);
  };

/** A study that is carried out. */
interface CarriedOut {
  studyId: string;
  config: StudyConfig;
}

/**
 * Makes an action that gives a study new work. On a configured server, or for a study that another command is following, that is all;
 * otherwise the work is carried out here, as by `start`.
 * @param returns the study that is carried out, if it is not the one named by the argument, whose config it receives
 */
export const change =
  <Options extends object>(
    command: string,
    work: (study: Study, options: Options) => Promise<Done>,
    of: (config: StudyConfig, id: string, options: Options) => CarriedOut | Promise<CarriedOut> = (
      config,
      studyId,
    ) => ({ studyId, config }),
  ) =>
  async (id: string, options: Options & CarryOutOptions): Promise<void> => {
    const store = openStore(options.store, stateFolder(options.state));
    const config = await new StudyDocuments(store, id).findConfig();
    if (config === undefined) throw await noSuchStudy(store, id);
    const carriedOut = await of(config, id, options);
    const { studyId } = carriedOut;
    if ((await configuredTarget()) !== undefined) {
      const done = await withStudies(options, (studies) => work(studies.study(id), options));
      return tell(studyId, done, options.json);
    }
    const begin = async (studies: Studies) => {
      const { text, json } = await work(studies.study(id), options);
      say(text);
      return json;
    };
    process.exitCode = await carryOut(options, { command, ...carriedOut, begin, isChange: true });
  };

function tell(studyId: string, { text, json }: Done, asJson: boolean): void {
  say(text);
  if (asJson) printJson({ studyId, ...json });
}
