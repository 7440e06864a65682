#!/usr/bin/env node
import module from 'node:module';
import { commandLine, computes } from './commands/program.ts';
import { runProgram } from './commands/run-program.ts';
import { isSupervised } from './commands/supervise.ts';

/** The command line. Exit codes: 0 for success, 1 for a failure, 2 for wrong usage, 130 for an interruption. */
const args = process.argv.slice(2);
// Node 22.1 and later cache the compiled code of the modules that a command loads, so that it answers a third sooner.
(module as { enableCompileCache?: () => void }).enableCompileCache?.();
if (!computes(args[0]) || (await isSupervised())) await runProgram(() => commandLine(args));
