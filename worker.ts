#!/usr/bin/env node
import { runProgram } from './commands/run-program.ts';
import { workerCommand } from './commands/worker.ts';

/** A worker on a configured Temporal server; exit codes as those of the command line. */
await runProgram(() => Promise.resolve(workerCommand()));
