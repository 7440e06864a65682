#!/usr/bin/env node
import module from 'node:module';
import { commandLine, computes } from './commands/program.ts';
import { runProgram } from './commands/run-program.ts';
import { isSupervised } from './commands/supervise.ts';

/** The command line. Exit codes: 0 on success, 1 on a failure, 2 on wrong usage, 130 on an interruption. */
const args = process.argv.slice(2);
// Node 22.1 and later keep the compiled code of what a command loads: it then answers a third sooner.
(module as { enableCompileCache?: () => void }).enableCompileCache?.();
if (!computes(args[0]) || (await isSupervised())) await runProgram(() => commandLine(args));
