import type { Command } from 'commander';
import { collect } from './options/option-parsers.ts';
import { steer, studyCommand } from './options/steering.ts';

/** `variant`: a study that differs from another in some fields. */
export function register(program: Command): void {
  const description = 'start a study that differs from another in some fields; unchanged runs are shared';
  studyCommand(program, 'variant', description)
    .option('--set <field=value>', 'change a field, e.g. protocol.epochs=3; may be repeated', collect, [])
    .requiredOption('--id <id>', 'id of the variant')
    .action(
      steer<{ id: string; set: string[] }>(async (study, { id, set }) => {
        await study.variant({ id, set });
        return `The study ${id} is running: status ${id} shows its progress.`;
      }),
    );
}
