import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * A shell process that kills the groups of processes it was told of (`+ GROUP MARK`) and not told to forget (`- GROUP`), with all processes that have the
 * mark in their environment, once its input ends: as it does when the process at the other end is killed. `grep` finds the processes
 * by their environment, as `killProcessesOf` does.
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

/** What is kept, by process group. */
const kept = new Map<number, string>();

/** One for all trainers of this process, as it costs as much to start as a trainer. */
let keeper: ChildProcess | undefined;

/** Has a process group, and the processes with a mark in their environment, killed if this process is. */
export function keep(group: number, mark: string): void {
  kept.set(group, mark);
  if (keeper === undefined) startKeeper();
  else tell(`+ ${group} ${mark}`);
}

/** A group of processes has ended: its number may become another's. */
export function forget(group: number): void {
  kept.delete(group);
  tell(`- ${group}`);
}

function tell(line: string): void {
  keeper?.stdin?.write(`${line}\n`);
}

function startKeeper(): void {
  const started = spawn('/bin/sh', ['-c', script, 'beyond-imagenet-keeper'], {
    // A signal to this process' group, as by Ctrl-C, is not for it.
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
