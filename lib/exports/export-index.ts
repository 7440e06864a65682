import { createHash } from 'node:crypto';
import { z } from 'zod';
import { studyIdSchema } from '../study/study-id.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const contents = {
  study: studyIdSchema,
  /** By name in the archive, which is the name in an artifact store. */
  files: z.record(z.string(), sha256Schema),
  /** Of the trained weights (names and values), which are not in the archive, by run key; of those that were kept. */
  weights: z.record(z.string().regex(/^[0-9a-f]{32}$/), sha256Schema),
};

/** `export.json` of an exported study: what the archive holds, and the checksums that prove it. */
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

/** Whether a file of an export is the predictions of a run, by its name. */
export const isPredictions = (name: string): boolean => predictionsName.test(name);

const [KiB, MiB, GiB] = [2 ** 10, 2 ** 20, 2 ** 30];

const trainerFile = /^trainer-files\/[0-9a-f]{64}$/;

/** Whether a file of an export is a trainer's, which may hold anything: no ratio of its sizes is too large. */
export const isTrainerFile = (name: string): boolean => trainerFile.test(name);

/** Most bytes of a file of an export by its kind: more than studies of a million runs have. */
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
  // The text of a larger one does not fit into a string.
  [/^studies\/[\w.:-]{1,64}\/curves\.csv$/, 512 * MiB],
];

/** Most bytes of the file of an export with this name; undefined if no export has a file of this name. */
export function mostBytes(name: string): number | undefined {
  if (name.length > 400 || name.split('/').some((part) => part === '' || /^\.+$/.test(part))) return undefined;
  return kinds.find(([kind]) => kind.test(name))?.[1];
}

/** Most files of an export, and bytes of all of them together. */
export const exportLimits = { files: 3_000_000, bytes: 64 * GiB };
