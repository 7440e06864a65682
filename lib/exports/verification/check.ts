/** One of the checks of a study. */
export interface Check {
  /** What was checked, e.g. `records`. */
  subject: string;
  /** What was shown, if nothing contradicts it. */
  shown: string;
  /** What contradicts the study, one a line. */
  problems: string[];
  /** What could not be checked, one a line. */
  unproved: string[];
}

export const newCheck = (subject: string, shown: string): Check => ({ subject, shown, problems: [], unproved: [] });
