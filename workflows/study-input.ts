import { refuse } from './instruction-checks.ts';

export interface StudyInput {
  /** Id of the study in the artifact store; the workflow's own id if absent. */
  studyId?: string;
  /** Its config, if it is not in the store yet: for schedules and Temporal's own command line. */
  config?: unknown;
  /** Whether the server has the search attributes of studies; determined later if absent. */
  searchable?: boolean;
}

export function checkStudyInput(input: StudyInput | undefined): void {
  if (typeof input !== 'object' || input === null)
    refuse('The input of a study must be an object such as {"studyId": "mine"}');
  const { studyId, config } = input!;
  if (studyId !== undefined && typeof studyId !== 'string')
    refuse(`studyId must be of type string, got ${JSON.stringify(studyId)}`);
  if (config !== undefined && (typeof config !== 'object' || config === null))
    refuse(`config must be a study config, got ${JSON.stringify(config)}`);
}
