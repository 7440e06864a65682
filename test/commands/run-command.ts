import { Command } from 'commander';
import { vi } from 'vitest';

/** What a command wrote. */
export interface Written {
  stdout: string;
  stderr: string;
}

/** Runs one command in this process, its standard output on a terminal or not; throws what it throws. */
export async function runCommand(
  register: (program: Command) => void,
  args: readonly string[],
  { terminal = false } = {},
): Promise<Written> {
  const written: Written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      written[name] += chunk.toString();
      return true;
    }),
  );
  const { isTTY } = process.stdout;
  process.stdout.isTTY = terminal;
  try {
    const program = new Command('beyond-imagenet').exitOverride();
    register(program);
    await program.parseAsync(args, { from: 'user' });
  } finally {
    process.stdout.isTTY = isTTY;
    for (const spy of spies) spy.mockRestore();
  }
  return written;
}
