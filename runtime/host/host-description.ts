import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ErrorCategory } from '../../lib/core/errors.ts';
import { OperationalError } from '../../lib/core/errors.ts';
import { writeFileAtomically } from '../../lib/core/files/atomic-write.ts';
import type { StateFolder } from '../../lib/core/files/state-folder.ts';
import { processIdentity } from '../process-identity.ts';
import { hostOptionsSchema } from './host-options.ts';

const categories = [
  'usage',
  'input',
  'infrastructure',
  'unsuitable-worker',
  'crash',
  'internal',
  'interruption',
] as const satisfies ErrorCategory[];

const descriptionSchema = z.strictObject({
  pid: z.int().positive(),
  identity: z.string(),
  phase: z.enum(['starting', 'ready', 'ending']),
  options: hostOptionsSchema,
  /** Location of the artifact store. */
  store: z.string(),
  /** Where its workers find the Temporal server; null as long as it is starting. */
  server: z.strictObject({ address: z.string(), namespace: z.string(), uiAddress: z.string().nullable() }).nullable(),
  /** Why it ends; null if it does not end, or ends because nobody needs it any more. */
  failure: z.strictObject({ category: z.enum(categories), message: z.string() }).nullable(),
});

/** The host of a state folder, for the commands that use it. */
export type HostDescription = z.infer<typeof descriptionSchema>;

/** Why a host ended, as the commands that used it report it. */
export class HostFailure extends OperationalError {
  constructor({ category, message }: NonNullable<HostDescription['failure']>) {
    super(category, message);
  }
}

const pathOf = ({ root }: StateFolder) => join(root, 'host.json');

export async function writeDescription(state: StateFolder, description: HostDescription): Promise<void> {
  await writeFileAtomically(pathOf(state), `${JSON.stringify(description)}\n`);
}

/** The description that the last host of a state folder wrote, and whether it still runs; undefined if there is none, or a damaged one. */
export async function readDescription(
  state: StateFolder,
): Promise<(HostDescription & { isAlive: boolean }) | undefined> {
  try {
    const description = descriptionSchema.parse(JSON.parse(await readFile(pathOf(state), 'utf8')));
    return { ...description, isAlive: (await processIdentity(description.pid)) === description.identity };
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) return undefined;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
