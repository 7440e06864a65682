import { join } from 'node:path';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import { docsFolder, generatedDocs } from './generated-docs.ts';

/** `npm run docs`: writes the pages and schemas that are generated from the code. */
for (const [path, text] of await generatedDocs()) await writeFileAtomically(join(docsFolder, path), text);
