import type { Command } from 'commander';
import { steer, studyCommand } from './options/steering.ts';

/** `pause`: the study begins no more runs. */
export function register(program: Command): void {
  const description = 'begin no more runs; running trainings finish their epoch and keep a checkpoint';
  studyCommand(program, 'pause', description).action(
    steer(async (study) => {
      await study.pause();
      return `Paused. resume ${study.id} continues it.`;
    }),
  );
}
