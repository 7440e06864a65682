/** Seconds within which a process and its trainings end after SIGTERM, unless it is given more. */
export const defaultStopSeconds = 10;
