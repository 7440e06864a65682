import { createHash } from 'node:crypto';
import { z } from 'zod';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** `export.json` of an exported study: what the archive holds, and the checksums that prove it. */
export const exportIndexSchema = z.strictObject({
  format: z.literal(1),
  study: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
  /** By name in the archive, which is the name in an artifact store. */
  files: z.record(z.string(), sha256Schema),
  /** Of the trained weights (names and values), which are not in the archive, by run key; of those that were kept. */
  weights: z.record(z.string(), sha256Schema),
});

export type ExportIndex = z.infer<typeof exportIndexSchema>;

export const exportIndexName = 'export.json';

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Whether a name is one that the export of a study has. */
export function isExportName(name: string, study: string): boolean {
  if (/^datasets\/[0-9a-f]{64}\/dataset\.json$/.test(name) || /^runs\/[0-9a-f]{32}\/(run|record)\.json$/.test(name))
    return true;
  const prefix = `studies/${study}/`;
  return (
    name.startsWith(prefix) && /^[\w.-]+(\/[\w.-]+)*$/.test(name) && !name.split('/').some((part) => /^\.+$/.test(part))
  );
}
