import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { docsFolder, generatedDocs } from '../../tools/generated-docs.ts';

test('docs/config.md and docs/schemas are what the code says today (npm run docs writes them)', async () => {
  const generated = await generatedDocs();
  for (const [path, text] of generated) expect(await readFile(join(docsFolder, path), 'utf8'), path).toBe(text);
  const schemas = (await readdir(join(docsFolder, 'schemas'))).map((file) => `schemas/${file}`);
  expect(['config.md', ...schemas].sort()).toEqual([...generated.keys()].sort());
});
