import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { parseWith } from '../core/validation.ts';

/** Longest id of a study: it is part of file names and of Temporal's keys, and a schedule appends a time to it. */
const longestId = 64;

/** The id of a study; commands, schedules, stores and exports share this rule. */
export const studyIdSchema = z.string().regex(new RegExp(`^[A-Za-z0-9][\\w.:-]{0,${longestId - 1}}$`), {
  error: `must be at most ${longestId} letters, digits and the characters ._:-, starting with a letter or digit`,
});

/** @throws ConfigError if an id is not valid for a study */
export function checkStudyId(id: string): void {
  parseWith(z.strictObject({ id: studyIdSchema }), { id }, 'The id of the study is invalid', ConfigError);
}
