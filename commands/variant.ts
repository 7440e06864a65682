import type { Command } from 'commander';
import { resolveVariant } from '../control/submission-request.ts';
import { collect } from './options/option-parsers.ts';
import { change, changingCommand } from './studies/steering.ts';

/** `variant`: starts a study that differs from another in some fields. */
export function register(program: Command): void {
  const description = 'start a study that differs from another in some fields; unchanged runs are shared';
  changingCommand(program, 'variant', description)
    .option(
      '--set <field=value>',
      'change a field, e.g. protocol.epochs=3, or rehearsal=null for the real study of a rehearsal; may be repeated',
      collect,
      [],
    )
    .requiredOption('--id <id>', 'id of the variant')
    .action(
      change<{ id: string; set: string[] }>(
        'variant',
        async (study, { id, set }) => {
          await study.variant({ id, set });
          const text = `The study ${id} is running: status ${id} shows its progress.`;
          return { text, json: { action: 'started', variantOf: study.id } };
        },
        async (config, _original, request) => {
          const variant = await resolveVariant(config, request);
          return { studyId: variant.id, config: variant.config };
        },
      ),
    );
}
