#!/usr/bin/env node
import { runProgram } from './commands/run-program.ts';
import { isSupervised } from './commands/supervise.ts';

/** A worker on a configured Temporal server; its exit codes are those of the command line. */
if (await isSupervised()) await runProgram(async () => (await import('./commands/worker.ts')).workerCommand());
