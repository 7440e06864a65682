import type { Command } from 'commander';
import { userCache } from '../lib/core/files/user-cache.ts';
import { ensureNativeParts, ProgressLines, type NativePart } from '../lib/native/index.ts';
import { Interruption } from './interruption.ts';
import { say } from './terminal/print.ts';

/** `setup`: installs the native parts, which `start` does automatically. */
export function register(program: Command): void {
  program
    .command('setup')
    .description('install TensorFlow, and the Temporal server unless one is configured, in the cache of the user')
    .action(setUp);
}

async function setUp(): Promise<void> {
  const { TEMPORAL_ADDRESS, TEMPORAL_PROFILE } = process.env;
  const parts: NativePart[] = TEMPORAL_ADDRESS || TEMPORAL_PROFILE ? ['tensorflow'] : ['tensorflow', 'temporal'];
  const lines = new ProgressLines();
  const interruption = new Interruption();
  try {
    await ensureNativeParts({ parts, onProgress: lines.update, signal: interruption.signal });
    say(`Native parts are ready in ${userCache()}`);
  } finally {
    lines.end();
    interruption.dispose();
  }
}
