import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Returns the folder for what this program downloads or builds once per user, shared by all checkouts: `$XDG_CACHE_HOME/beyond-imagenet`,
 * by default below `~/.cache`.
 */
export function userCache(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'beyond-imagenet');
}
