import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { expect, test } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { temporaryFolder } from '../../temporary-folder.ts';

test('pixels.wasm is what its source compiles to', async () => {
  const command = packageJson.scripts['build:pixels'].split(' ');
  const compiled = join(await temporaryFolder(), 'pixels.wasm');
  const parameters = command.slice(1).map((part) => (part.endsWith('.wasm') ? compiled : part));
  const { error } = await asc.main(parameters);
  expect(error).toBeNull();
  expect(await readFile(compiled)).toEqual(await readFile('datasets/images/pixels.wasm'));
});
