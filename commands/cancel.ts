import type { Command } from 'commander';
import { steer, steeringCommand } from './studies/steering.ts';

/** `cancel`: ends a study without results. */
export function register(program: Command): void {
  const description = 'end a running study; finished runs are kept, and another start continues from there';
  steeringCommand(program, 'cancel', description).action(
    steer(async (study) => {
      await study.cancel();
      return {
        text: 'Cancelled. Finished runs are kept, and another start continues from there.',
        json: { action: 'cancelled' },
      };
    }),
  );
}
