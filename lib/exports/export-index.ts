import { createHash } from 'node:crypto';
import { z } from 'zod';
import { studyIdSchema } from '../study/study-id.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const contents = {
  study: studyIdSchema,
  /** Checksums by name in the archive, which is the name in an artifact store. */
  files: z.record(z.string(), sha256Schema),
  /** By run key: checksums of the trained weights (names and values) that were kept; they are not in the archive. */
  weights: z.record(z.string().regex(/^[0-9a-f]{32}$/), sha256Schema),
};

/** `export.json` of an exported study: the contents of the archive, with checksums that prove them. */
export const exportIndexSchema = z.discriminatedUnion('format', [
  z.strictObject({ format: z.literal(1), ...contents }),
  z.strictObject({
    format: z.literal(2),
    /** Version of the program that wrote the archive. */
    program: z.string().regex(/^[\w.+-]{1,64}$/),
    ...contents,
  }),
]);

export type ExportIndex = z.infer<typeof exportIndexSchema>;

export const exportIndexName = 'export.json';
export const readmeName = 'README.txt';

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

const predictionsName = /^runs\/[0-9a-f]{32}\/predictions\.parquet$/;

/** Returns whether a file of an export, by its name, holds the predictions of a run. */
export const isPredictions = (name: string): boolean => predictionsName.test(name);

const [KiB, MiB, GiB] = [2 ** 10, 2 ** 20, 2 ** 30];

const trainerFile = /^trainer-files\/[0-9a-f]{64}$/;

/** Returns whether a file of an export is a trainer's, which may hold anything: its compression ratio is not limited. */
export const isTrainerFile = (name: string): boolean => trainerFile.test(name);

/** Largest size in bytes of each kind of file of an export: more than studies of a million runs need. */
const kinds: readonly [name: RegExp, bytes: number][] = [
  [/^export\.json$/, 512 * MiB],
  [/^README\.txt$/, 64 * KiB],
  [/^runs\/[0-9a-f]{32}\/run\.json$/, MiB],
  [/^runs\/[0-9a-f]{32}\/record\.json$/, 16 * MiB],
  [predictionsName, GiB],
  [/^datasets\/[0-9a-f]{64}\/dataset\.json$/, 64 * MiB],
  [/^studies\/[\w.:-]{1,64}\/(config|extensions|outcome)\.json$/, 16 * MiB],
  [/^studies\/[\w.:-]{1,64}\/(datasets|plan|instructions|retries)\/[\w.:/-]{1,300}\.json$/, 16 * MiB],
  [/^studies\/[\w.:-]{1,64}\/(architectures|analysis|correlations|outcomes)\.json$/, 512 * MiB],
  [/^studies\/[\w.:-]{1,64}\/(results|correlations)\.csv$/, 512 * MiB],
  [/^studies\/[\w.:-]{1,64}\/report\.html$/, 512 * MiB],
  [trainerFile, 16 * MiB],
  // A larger file does not fit into a string.
  [/^studies\/[\w.:-]{1,64}\/curves\.csv$/, 512 * MiB],
];

/** Returns the largest size, in bytes, of the file of an export with this name; undefined if no export has such a file. */
export function mostBytes(name: string): number | undefined {
  if (name.length > 400 || name.split('/').some((part) => part === '' || /^\.+$/.test(part))) return undefined;
  return kinds.find(([kind]) => kind.test(name))?.[1];
}

/** Largest number of files of an export, and of bytes of all of them together. */
export const exportLimits = { files: 3_000_000, bytes: 64 * GiB };
