/** Seconds within which a process that is told to end does so, with its trainings, unless it is given more. */
export const defaultStopSeconds = 10;
