#!/usr/bin/env node
import { commandLine, computes } from './commands/program.ts';
import { runProgram } from './commands/run-program.ts';
import { isSupervised } from './commands/supervise.ts';

/** The command line. Exit codes: 0 on success, 1 on a failure, 2 on wrong usage, 130 on an interruption. */
const args = process.argv.slice(2);
if (!computes(args[0]) || (await isSupervised())) await runProgram(() => commandLine(args));
