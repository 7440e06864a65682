import type { StudyConfig } from '../study/config.ts';
import { filesOf, isSettings, type CommandTrainer } from '../study/trainer-config.ts';
import { counted, listed } from './words/numbers.ts';

/** More files than these are not named one by one: the config has them. */
const mostNamed = 6;

/** Describes the trainer of a study, if it was not this program; otherwise empty. */
export function trainerInWords({ trainer, protocol, rehearsal }: StudyConfig): string[] {
  if (trainer === undefined) return [];
  const { name, version, command, environment } = trainer;
  return [
    `${rehearsal === undefined ? 'Networks were trained' : 'In the study, networks are trained'} by ${name}, version ${version}, a program that the study brings along: ${command.join(' ')}${filesInWords(trainer)}.${
      environment.length === 0 ? '' : ` It was given the environment variables ${listed(environment)} of each worker.`
    }`,
    ...(isSettings(protocol)
      ? []
      : ['It was given the following protocol as its settings; this report cannot tell whether it followed it.']),
  ];
}

function filesInWords(trainer: CommandTrainer): string {
  const files = filesOf(trainer);
  if (files.length === 0) return ', without files of its own';
  return files.length > mostNamed
    ? `, with ${counted(files.length, 'file')}, whose checksums the config has`
    : `, with the ${files.length === 1 ? 'file' : 'files'} ${listed(files.map(({ path, sha256 }) => `${path} (SHA-256 ${sha256.slice(0, 16)}...)`))}`;
}

/** Describes what can be repeated in a study that a command trained, which is what `verify` compares. */
export const repeatabilityInWords = ({ deterministic }: CommandTrainer): string =>
  deterministic
    ? 'The trainer is declared deterministic: trained again, a run must give exactly the numbers of its record.'
    : 'The trainer is not declared deterministic: trained again, a run gives another error, and its weights are not compared bit by bit. `verify` says where the new error lies among those of the replicates.';
