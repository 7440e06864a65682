import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { parseWith } from '../core/validation.ts';

/** Maximum length of a study's id: it is part of file names and of Temporal's keys. A schedule appends a time to ids. */
const longestId = 64;

/** The id of a study, the same rule everywhere: for commands, schedules, stores and exports. */
export const studyIdSchema = z.string().regex(new RegExp(`^[A-Za-z0-9][\\w.:-]{0,${longestId - 1}}$`), {
  error: `must be at most ${longestId} letters, digits and the characters ._:-, starting with a letter or digit`,
});

/** @throws ConfigError if an id is not valid for a study */
export function checkStudyId(id: string): void {
  parseWith(z.strictObject({ id: studyIdSchema }), { id }, 'The id of the study is invalid', ConfigError);
}
