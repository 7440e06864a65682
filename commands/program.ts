import { Command } from 'commander';

/** A command: its line in the overview, and the file that declares it and carries it out. */
interface CommandFile {
  name: string;
  summary: string;
  load: () => Promise<{ register: (program: Command) => void }>;
}

const command = (name: string, summary: string, load: CommandFile['load']): CommandFile => ({ name, summary, load });

/** Commands that may compute for long in their own process, which no signal reaches meanwhile. */
const computing = ['verify', 'report', 'export', 'sample', 'analyze', 'train', 'datasets', 'doctor'];

/** Whether a command computes in its own process. */
export const computes = (name: string | undefined): boolean => name !== undefined && computing.includes(name);

/** Each command is one file, which is loaded only if the command line names it, so that no command waits for another's libraries. */
const commands: readonly CommandFile[] = [
  command('start', 'start a study, or continue it where it stopped', () => import('./start.ts')),
  command('status', 'show the progress of a study', () => import('./status.ts')),
  command('list', 'list the studies of a state folder', () => import('./list.ts')),
  command('pause', 'start no more runs of a study', () => import('./pause.ts')),
  command('resume', 'continue a study that is paused or on hold', () => import('./resume.ts')),
  command('cancel', 'end a running study', () => import('./cancel.ts')),
  command('limit', 'limit how many runs of a study are carried out at a time', () => import('./limit.ts')),
  command('retry', 'train the failed runs of a study again', () => import('./retry.ts')),
  command('extend', 'add architectures or datasets to a study', () => import('./extend.ts')),
  command('variant', 'start a study that differs from another in some fields', () => import('./variant.ts')),
  command('plan', 'show what a study will cost, before anything is spent', () => import('./plan.ts')),
  command('report', 'write the report of the runs that have ended so far', () => import('./report.ts')),
  command('export', 'write a study as one file that others can check', () => import('./export.ts')),
  command(
    'download',
    'write weights, predictions and event files of runs under readable names',
    () => import('./download.ts'),
  ),
  command('verify', 'check a study, and retrain some of its runs to compare', () => import('./verify.ts')),
  command('sample', 'draw architectures from a design space', () => import('./sample.ts')),
  command('complexity', 'compute what the architectures of a file cost', () => import('./complexity.ts')),
  command('show', 'show one architecture stage by stage', () => import('./show.ts')),
  command('analyze', 'compute statistics and a report from results tables', () => import('./analyze.ts')),
  command('train', 'train and test one network, without Temporal', () => import('./train.ts')),
  command('datasets', 'list, check, prepare, show and export datasets', () => import('./datasets.ts')),
  command('setup', 'install TensorFlow and the Temporal server', () => import('./setup.ts')),
  command('doctor', 'check whether this machine can do its part in a study', () => import('./doctor.ts')),
];

/**
 * Returns the command line for some arguments: all commands, and the options of those that the arguments name.
 * @param args arguments without the program; if absent, every command is declared completely
 */
export async function commandLine(args?: readonly string[]): Promise<Command> {
  const program = new Command('beyond-imagenet')
    .description('Do CNN architectures that do well on ImageNet do well elsewhere?')
    .exitOverride()
    .showHelpAfterError('(add --help for the options)');
  for (const { name, summary, load } of commands)
    if (args?.includes(name) ?? true) (await load()).register(program);
    else program.command(name).description(summary);
  if (args?.[0] === 'host') (await import('./host.ts')).register(program);
  return program;
}
