import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import { configReference } from './config-reference.ts';
import { documents, jsonSchemaOf } from './json-schemas.ts';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));

/** `npm run docs`: writes the pages and schemas that are made from the code. */
await writeFileAtomically(`${docs}config.md`, configReference());
for (const document of Object.keys(documents))
  await writeFileAtomically(`${docs}schemas/${document}.json`, jsonSchemaOf(document));
