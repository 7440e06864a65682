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
  /** The Temporal server of its workers; null while the host is starting. */
  server: z.strictObject({ address: z.string(), namespace: z.string(), uiAddress: z.string().nullable() }).nullable(),
  /** Why it is ending; null if it is not, or if nobody needs it any more. */
  failure: z.strictObject({ category: z.enum(categories), message: z.string() }).nullable(),
});

/** Describes the host of a state folder to the commands that use it. */
export type HostDescription = z.infer<typeof descriptionSchema>;

/** The failure that ended a host, as reported by the commands that used it. */
export class HostFailure extends OperationalError {
  constructor({ category, message }: NonNullable<HostDescription['failure']>) {
    super(category, message);
  }
}

const pathOf = ({ root }: StateFolder) => join(root, 'host.json');

export async function writeDescription(state: StateFolder, description: HostDescription): Promise<void> {
  await writeFileAtomically(pathOf(state), `${JSON.stringify(description)}\n`);
}

/**
 * Reads the description that the last host of a state folder wrote, and whether that host is still running; undefined if the description is
 * missing or damaged.
 */
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
