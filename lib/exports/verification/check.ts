/** One of the checks of a study. */
export interface Check {
  /** The subject of the check, e.g. `records`. */
  subject: string;
  /** The statement that is shown to be true if there are no problems. */
  shown: string;
  /** Contradictions, one per line. */
  problems: string[];
  /** Statements that could not be checked, one per line. */
  unproved: string[];
}

export const newCheck = (subject: string, shown: string): Check => ({ subject, shown, problems: [], unproved: [] });
