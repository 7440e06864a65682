/** Seconds in which a process ends after SIGTERM, together with its trainings, unless it is given more. */
export const defaultStopSeconds = 10;
