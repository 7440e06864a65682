#!/usr/bin/env node
import { commandLine } from './commands/program.ts';
import { runProgram } from './commands/run-program.ts';

/** The command line. Exit codes: 0 on success, 1 on a failure, 2 on wrong usage, 130 on an interruption. */
await runProgram(() => commandLine(process.argv.slice(2)));
