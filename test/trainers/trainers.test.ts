import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { preset } from '../../lib/study/presets.ts';

const folder = join(import.meta.dirname, '../../trainers');

interface Study extends Record<string, unknown> {
  trainer: { files: string[] };
}

const read = async (trainer: string, file: string) => readFile(join(folder, trainer, file), 'utf8');
const study = async (trainer: string) => JSON.parse(await read(trainer, 'study.json')) as Study;

describe.each(['anynet-torch', 'timm'])('the trainer %s', (trainer) => {
  test('lists each file that its program imports, and the helper', async () => {
    const { files } = (await study(trainer)).trainer;
    const own = (await readdir(join(folder, trainer))).filter((file) => file.endsWith('.py'));
    const needed = new Set(['train.py']);
    for (const file of needed) {
      if (!own.includes(file)) continue;
      for (const [, module] of (await read(trainer, file)).matchAll(/^\s*(?:from|import) (\w+)/gm))
        if (own.includes(`${module}.py`) || module === 'beyond_imagenet') needed.add(`${module}.py`);
    }
    expect([...files].sort()).toEqual([...needed].sort());
  });
});

test('the quickstart of anynet-torch is that of the built-in engine in all but its trainer', async () => {
  const own = { name: '', description: '', trainer: null };
  const torch = await study('anynet-torch');
  expect({ ...torch, ...own }).toEqual({ ...(preset('quickstart') as object), ...own });
  expect(torch).toMatchObject({ name: 'quickstart-torch', trainer: { name: 'anynet-torch' } });
});
