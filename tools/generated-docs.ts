import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { configReference } from './config-reference.ts';
import { documents, jsonSchemaOf } from './json-schemas.ts';

export const docsFolder = fileURLToPath(new URL('../docs/', import.meta.url));

/** Returns the files in `docs/` that are generated from the code, by their paths there, formatted like all other files. */
export async function generatedDocs(): Promise<Map<string, string>> {
  const texts = [
    ['config.md', configReference()],
    ...Object.keys(documents).map((document) => [`schemas/${document}.json`, jsonSchemaOf(document)] as const),
  ] as const;
  const settings = await resolveConfig(docsFolder);
  return new Map(
    await Promise.all(
      texts.map(async ([path, text]) => [path, await format(text, { ...settings, filepath: path })] as const),
    ),
  );
}
