import type { Command } from 'commander';
import { steer, steeringCommand } from './studies/steering.ts';

/** `resume`: a paused or held study goes on. */
export function register(program: Command): void {
  const description = 'continue a study that is paused, or on hold because something failed';
  steeringCommand(program, 'resume', description).action(
    steer(async (study) => {
      await study.resume();
      return { text: 'Resumed.', json: { action: 'resumed' } };
    }),
  );
}
