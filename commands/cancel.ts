import type { Command } from 'commander';
import { steer, studyCommand } from './options/steering.ts';

/** `cancel`: the study ends without results. */
export function register(program: Command): void {
  const description = 'end a running study; finished runs are kept, and another start continues from there';
  studyCommand(program, 'cancel', description).action(
    steer(async (study) => {
      await study.cancel();
      return 'Cancelled. Finished runs are kept, and another start continues from there.';
    }),
  );
}
