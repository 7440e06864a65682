import type { Command } from 'commander';
import { steer, steeringCommand } from './studies/steering.ts';

/** `resume`: continues a study that is paused or on hold. */
export function register(program: Command): void {
  const description = 'continue a study that is paused, or on hold after a failure';
  steeringCommand(program, 'resume', description).action(
    steer(async (study) => {
      await study.resume();
      return { text: 'Resumed.', json: { action: 'resumed' } };
    }),
  );
}
