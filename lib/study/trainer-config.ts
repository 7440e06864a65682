import { z } from 'zod';
import { contentHash } from '../core/canonical-json.ts';
import { jsonValueSchema } from '../core/json-value.ts';
import { rule } from '../core/validation.ts';
import type { TrainingProtocol } from '../training/protocol.ts';

/** Largest number of characters of the JSON text of the settings for one dataset. */
const longestSettings = 65_536;

/** Instructions for a command trainer, in its own terms. */
export const trainerSettingsSchema = z.strictObject({
  settings: jsonValueSchema(longestSettings).describe(
    'for a command trainer, instead of all other fields of the protocol: any JSON, which is passed to it with every run; a dataset may replace its members',
  ),
});

export type TrainerSettings = z.infer<typeof trainerSettingsSchema>;

/** How the networks of a study are trained: the protocol that this program defines, or settings that only the trainer understands. */
export type StudyProtocol = TrainingProtocol | TrainerSettings;

export const isSettings = (protocol: StudyProtocol): protocol is TrainerSettings => 'settings' in protocol;

const isInside = (path: string) => path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

const filePathSchema = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cf}\p{Surrogate}\\]+$/u, { error: 'must have no control characters and no backslashes' })
  .refine(isInside, rule('must be a path below the folder of the config, without . and ..'));

const trainerFileSchema = z.union([
  filePathSchema.transform((path): { path: string; sha256?: string | undefined } => ({ path })),
  z.strictObject({
    path: filePathSchema.describe('the same as a path alone'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, { error: 'must be 64 lower-case hexadecimal digits' })
      .optional()
      .describe('added when the study is started; with it, the file is taken from the store'),
  }),
]);

/** Returns whether a variable gives access to the server, the store or the state of this program. */
const isOwnVariable = (name: string) => /^(AWS|TEMPORAL|BEYOND_IMAGENET)_/i.test(name);

/** A list without repetitions. */
const distinct = <Item>(schema: z.ZodType<Item[]>, nameOf: (item: Item) => string) =>
  schema.superRefine((items, context) => {
    const names = items.map(nameOf);
    names.forEach((name, index) => {
      const first = names.indexOf(name);
      if (first !== index)
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `must differ from that at position ${first}, got ${JSON.stringify(name)}`,
        });
    });
  });

const mostTrainerFiles = 1000;

const commandTrainerSchema = z
  .strictObject({
    kind: z.literal('command'),
    name: z
      .string()
      .max(64)
      .regex(/^[a-z0-9][a-z0-9._-]*$/, { error: 'must be lower-case letters, digits and . _ -' })
      .describe('name in run documents and in the report'),
    version: z
      .string()
      .max(64)
      .regex(/^[\w.-]+$/, { error: 'must be letters, digits and . _ -' })
      .describe('its version: another version is another trainer, with which runs are not shared'),
    command: z
      .array(
        z
          .string()
          .min(1)
          .max(4096)
          .refine((word) => !word.includes('\0'), rule('must have no null character')),
      )
      .min(1)
      .max(100)
      .describe('program and arguments, e.g. ["python3", "train_one.py"]; it runs in a folder with its files'),
    files: distinct(z.array(trainerFileSchema).max(mostTrainerFiles), ({ path }) => path)
      .default([])
      .describe(
        "paths of the trainer's files, relative to the config's folder: the study keeps their content at its start, and every worker gets them; none if absent",
      ),
    environment: distinct(
      z
        .array(
          z
            .string()
            .max(200)
            .regex(/^[A-Za-z_]\w*$/, { error: 'must be the name of a variable' })
            .refine((name) => !isOwnVariable(name), rule('must not be a variable of this program or of its store')),
        )
        .max(100),
      (name) => name,
    )
      .default([])
      .describe(
        "variables of the worker's environment that are passed to the trainer; others, such as credentials, are not",
      ),
    deterministic: z
      .boolean()
      .default(false)
      .describe(
        'whether a run always gives the same result: if so, `verify` compares records exactly, otherwise with the spread of the replicates',
      ),
    stopSeconds: z
      .int()
      .min(1)
      .max(3600)
      .default(120)
      .describe('seconds for which the trainer may save its state after SIGTERM, before it is killed'),
    silenceMinutes: z
      .number()
      .positive()
      .max(7 * 24 * 60)
      .default(30)
      .describe('minutes without a new line of metrics after which a run counts as hung'),
  })
  .superRefine(({ command, files }, context) => {
    const paths = new Set(files.map(({ path }) => path));
    files.forEach(({ path }, index) => {
      const folder = path.split('/').find((_, depth, parts) => depth > 0 && paths.has(parts.slice(0, depth).join('/')));
      if (folder !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['files', index],
          message: `must not lie below another of the files, got ${JSON.stringify(path)}`,
        });
    });
    const [program = ''] = command;
    if (program.includes('/') && !program.startsWith('/') && !paths.has(program.replace(/^\.\//, '')))
      context.addIssue({
        code: 'custom',
        path: ['command', 0],
        message: `must be one of trainer.files, a program on the PATH, or an absolute path, got ${JSON.stringify(program)}`,
      });
  });

/** The trainer of the networks; undefined for this program itself, so that configs without a trainer stay valid. */
export const trainerSchema = z
  .discriminatedUnion('kind', [z.strictObject({ kind: z.literal('built-in') }), commandTrainerSchema])
  .transform((trainer): CommandTrainer | undefined => (trainer.kind === 'command' ? trainer : undefined));

/** A program of the user's that trains one network on one dataset. */
export type CommandTrainer = z.infer<typeof commandTrainerSchema>;

/** A file of the trainer of a started study. */
export interface TrainerFile {
  path: string;
  sha256: string;
}

/**
 * Returns the files of the trainer of a started study; throws an Error if the study is not submitted yet, so that its files have no
 * checksums.
 */
export function filesOf({ files }: Pick<CommandTrainer, 'files'>): TrainerFile[] {
  return files.map(({ path, sha256 }) => {
    if (sha256 === undefined)
      throw new Error(`the trainer's file ${path} has no checksum before the study is submitted`);
    return { path, sha256 };
  });
}

/** Prefix of the engines of command trainers, and of no other engine. */
const prefix = 'command/';

/** Returns the engine of the runs of a command trainer: everything that determines its results, except what it finds on the machine. */
export function commandEngine(
  trainer: Pick<CommandTrainer, 'name' | 'version' | 'command' | 'files' | 'deterministic'>,
): string {
  const { name, version, command, deterministic } = trainer;
  const files = filesOf(trainer).sort((a, b) => (a.path < b.path ? -1 : 1));
  return `${prefix}${name}@${version}+${contentHash({ command, files, deterministic })}`;
}

/** Returns whether an engine, as a run document names it, is a command trainer. */
export const isCommandEngine = (engine: string): boolean => engine.startsWith(prefix);

/** Returns the engine of a study's runs if a command trains them; undefined if this program trains or simulates them. */
export const trainerEngine = ({
  trainer,
  rehearsal,
}: {
  trainer?: CommandTrainer | undefined;
  rehearsal?: unknown;
}): string | undefined => (trainer === undefined || rehearsal !== undefined ? undefined : commandEngine(trainer));
