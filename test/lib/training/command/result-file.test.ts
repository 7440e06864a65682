import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readResult } from '../../../../lib/training/command/result-file.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

let path: string;
beforeEach(async () => {
  path = join(await temporaryFolder(), 'result.json');
});

const images = { validation: 20, test: 50 };
const good = { images: 50, top1Error: 0.5, loss: 1 };
const read = async (text: string) => {
  await writeFile(path, text);
  return readResult(path, images);
};
const readChanged = (changes: object) => read(JSON.stringify({ outcome: 'finished', test: good, ...changes }));

test('a result has the measurements, and may name the weights and versions that belong to it', async () => {
  expect(await readResult(path, images)).toBeUndefined();
  expect(await readChanged({})).toEqual({
    outcome: 'finished',
    evaluation: { test: { ...good, top5Error: null }, validation: null, evaluationSeconds: 0 },
    weights: undefined,
    versions: {},
  });
  const whole = {
    validation: { ...good, images: 20, top5Error: 0.1 },
    files: { weights: 'w.bin' },
    versions: { a: 'b\n' },
  };
  expect(await readChanged(whole)).toMatchObject({
    evaluation: { validation: { images: 20, top5Error: 0.1 } },
    weights: 'w.bin',
    versions: { a: 'b\\u{a}' },
  });
  expect(await read('{"outcome": "diverged", "reason": "the loss was NaN"}')).toEqual({
    outcome: 'diverged',
    reason: 'the loss was NaN',
  });
});

test('an error computed in float32 becomes the exact fraction', async () => {
  const result = await readChanged({
    test: { ...good, top1Error: Math.fround(17 / 50), top5Error: Math.fround(3 / 50) },
  });
  expect(result).toMatchObject({ evaluation: { test: { top1Error: 17 / 50, top5Error: 3 / 50 } } });
});

describe('a result is refused for', () => {
  test.each([
    ['an error above 1', { test: { ...good, top1Error: 1.5 } }, 'test.top1Error must be at most 1, got 1.5'],
    ['an error below 0', { test: { ...good, top1Error: -0.5 } }, 'test.top1Error must be at least 0'],
    [
      'a number as a string',
      { test: { ...good, top1Error: '0.5' } },
      'test.top1Error must be of type number, got "0.5"',
    ],
    ['no loss', { test: { images: 50, top1Error: 0.5 } }, 'test.loss is missing'],
    [
      'an error that no number of images gives',
      { test: { ...good, top1Error: 0.123 } },
      'a number of errors among 50 images',
    ],
    ['other images', { test: { ...good, images: 49 } }, 'test.images must be 50, got 49'],
    ['other validation images', { validation: good }, 'validation.images must be 20, got 50'],
    ['a top-5 error above the top-1 error', { test: { ...good, top5Error: 0.6 } }, 'top5Error must be at most'],
    ['an outcome that is none', { outcome: 'done' }, 'outcome must be one of'],
    ['an unknown field', { errors: 3 }, 'errors'],
    ['weights elsewhere', { files: { weights: '../secret' } }, 'files.weights must match'],
    ['versions that are no text', { versions: { torch: 2 } }, 'versions.torch must be of type string'],
    [
      'too many versions',
      { versions: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [i, ''])) },
      'at most 50',
    ],
  ])('%s', async (_what, changes, problem) => {
    await expect(readChanged(changes)).rejects.toMatchObject({
      category: 'crash',
      message: expect.stringContaining(problem) as string,
    });
  });

  test.each([
    ['NaN', '{"outcome": "finished", "test": {"images": 50, "top1Error": NaN, "loss": 1}}', 'result.json is not JSON'],
    ['half of it', '{"outcome": "finis', 'result.json is not JSON'],
    ['nothing', '', 'result.json is not JSON'],
    ['a size that no result has', ' '.repeat(2 ** 20 + 1), 'at most 1048576 bytes'],
  ])('%s', async (_what, text, problem) => {
    await expect(read(text)).rejects.toThrow(problem);
  });

  test('being a link to another file', async () => {
    await symlink('/etc/passwd', path);
    await expect(readResult(path, images)).rejects.toThrow('must be a file, not a link, folder or pipe');
  });
});
