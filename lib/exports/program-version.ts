import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('beyond-imagenet/package.json') as { version: string };

/** Version of this program, which decides how reports and statistics are written. */
export const programVersion: string = version;
