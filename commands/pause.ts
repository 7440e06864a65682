import type { Command } from 'commander';
import { steer, steeringCommand } from './studies/steering.ts';

/** `pause`: stops new runs of a study from starting. */
export function register(program: Command): void {
  const description = 'start no more runs; running trainings finish their epoch and keep a checkpoint';
  steeringCommand(program, 'pause', description).action(
    steer(async (study) => {
      await study.pause();
      return { text: `Paused. resume ${study.id} continues it.`, json: { action: 'paused' } };
    }),
  );
}
