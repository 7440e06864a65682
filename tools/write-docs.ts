import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import { configReference } from './config-reference.ts';

/** `npm run docs`: writes the pages that are made from the code. */
await writeFileAtomically(fileURLToPath(new URL('../docs/config.md', import.meta.url)), configReference());
