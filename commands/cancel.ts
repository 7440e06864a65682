import type { Command } from 'commander';
import { stateOption } from './state-option.ts';

export function register(program: Command): void {
  program
    .command('cancel')
    .argument('<id>', 'of the study')
    .description('end a running study; what is finished stays, and a start goes on from there')
    .addOption(stateOption())
    .action(async (id: string, { state }: { state?: string }) => {
      const { cancelStudy } = await import('../control/cancellation.ts');
      await cancelStudy(id, state);
    });
}
