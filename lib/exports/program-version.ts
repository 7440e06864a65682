import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('beyond-imagenet/package.json') as { version: string };

/** Version of this program, on which the form of reports and statistics depends. */
export const programVersion: string = version;
