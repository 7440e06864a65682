import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * A shell process that kills groups of processes once its input ends, as it does when the process at the other end is killed: the groups it
 * was given (`+ GROUP MARK`) and not told to forget (`- GROUP`), with all processes that have the mark in their environment. `grep` finds
 * these, as `killProcessesOf` does.
 */
const script = `
set --
while IFS= read -r line; do
  rest=\${line#* }
  case $line in
  +*) set -- "$@" "\${rest%% *}" "\${rest#* }" ;;
  *)
    count=$#
    while [ "$count" -gt 0 ]; do
      [ "$1" = "$rest" ] || set -- "$@" "$1" "$2"
      shift 2
      count=$((count - 2))
    done ;;
  esac
done
while [ $# -gt 0 ]; do
  kill -KILL "-$1"
  for round in 1 2 3 4 5; do
    found=$(grep -lszxF -- "$2" /proc/[0-9]*/environ)
    [ -n "$found" ] || break
    for path in $found; do path=\${path#/proc/}; kill -KILL "\${path%/environ}"; done
  done
  shift 2
done
`;

/** The mark of each kept process group. */
const kept = new Map<number, string>();

/** Shared by all trainers of this process, because starting one costs as much as starting a trainer. */
let keeper: ChildProcess | undefined;

/** Makes sure that a process group, and processes with a mark in their environment, are killed if this process is. */
export function keep(group: number, mark: string): void {
  kept.set(group, mark);
  if (keeper === undefined) startKeeper();
  else tell(`+ ${group} ${mark}`);
}

/** Forgets a process group that has ended: its number may be reused. */
export function forget(group: number): void {
  kept.delete(group);
  tell(`- ${group}`);
}

function tell(line: string): void {
  keeper?.stdin?.write(`${line}\n`);
}

function startKeeper(): void {
  const started = spawn('/bin/sh', ['-c', script, 'beyond-imagenet-keeper'], {
    // A signal to this process's group, e.g. by Ctrl-C, must not reach it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env['PATH'] },
  });
  keeper = started;
  // Without it, a trainer's processes are still ended by the next attempt at the run on this machine.
  const lose = () => {
    if (keeper === started) keeper = undefined;
  };
  started.on('error', lose);
  started.on('exit', lose);
  started.stdin.on('error', lose);
  started.unref();
  (started.stdin as Socket).unref();
  for (const [group, mark] of kept) tell(`+ ${group} ${mark}`);
}
