import { datasetSubjects } from './datasets.ts';
import { documentSubjects } from './documents.ts';
import type { Subjects } from './subject.ts';
import { tableSubjects } from './tables.ts';
import { trainerSubjects } from './trainers.ts';

/** Every reader of files that other programs may have written. */
export const subjects: Subjects = {
  ...datasetSubjects,
  ...tableSubjects,
  ...documentSubjects,
  ...trainerSubjects,
};
