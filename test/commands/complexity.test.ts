import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import golden from '../lib/design-space/golden/complexity.json' with { type: 'json' };
import { register } from '../../commands/complexity.ts';
import { runCommand } from './run-command.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const expected = golden.map(({ complexity }) => complexity);
const architectures = golden.map(({ architecture }) => architecture);

async function complexitiesOf(text: string, ...options: string[]): Promise<unknown> {
  const path = join(await temporaryFolder(), 'architectures.json');
  await writeFile(path, text);
  return JSON.parse((await runCommand(register, ['complexity', path, ...options])).stdout);
}

describe('complexity', () => {
  test.each([
    ['a list of objects with an architecture', JSON.stringify(golden)],
    ['a list of architectures', JSON.stringify(architectures)],
    ['NDJSON', architectures.map((architecture) => JSON.stringify(architecture)).join('\n')],
  ])('agrees with pycls on all golden cases, in their order, from %s', async (_form, text) => {
    expect(await complexitiesOf(text)).toEqual(expected);
    expect(await complexitiesOf(text, '--json')).toEqual(expected);
  });

  test('gives a list of one for a single architecture', async () => {
    expect(await complexitiesOf(JSON.stringify(architectures[0]))).toEqual([expected[0]]);
  });

  test('takes image size, channels and classes from the options if the file names none', async () => {
    const { imageSize, classes, ...architecture } = architectures[0]!;
    const options = ['--image-size', String(imageSize), '--classes', String(classes)];
    expect(await complexitiesOf(JSON.stringify(architecture), ...options)).toEqual([expected[0]]);
    const [grey] = (await complexitiesOf(JSON.stringify(architecture), ...options, '--channels', '1')) as [
      { params: number },
    ];
    expect(expected[0]!.params - grey.params).toBe(2 * 9 * architecture.stemWidth);
  });

  test('takes image size, channels and classes from the options if both they and the file name them', async () => {
    const [, ...others] = expected;
    expect(others.length).toBeGreaterThan(0);
    const smaller = (await complexitiesOf(JSON.stringify(golden), '--image-size', '8')) as typeof expected;
    expect(smaller.map(({ params }) => params)).toEqual(expected.map(({ params }) => params));
    smaller.forEach(({ flops }, index) => expect(flops).toBeLessThan(expected[index]!.flops));
  });

  test('reads a file that begins with a byte order mark', async () => {
    expect(await complexitiesOf(`\uFEFF${JSON.stringify(golden)}`)).toEqual(expected);
  });

  test('prints a table on a terminal', async () => {
    const path = join(await temporaryFolder(), 'one.json');
    await writeFile(path, JSON.stringify(architectures[0]));
    expect((await runCommand(register, ['complexity', path], { terminal: true })).stdout).toBe(
      'architecture      flops  params     acts\narch-000      2,987,944  83,832  107,144\n',
    );
  });

  test('refuses a missing file, an option that is not a number, and an invalid architecture', async () => {
    await expect(runCommand(register, ['complexity', 'missing.json'])).rejects.toThrow('there is no such file');
    await expect(runCommand(register, ['complexity', 'x', '--classes', 'ten'])).rejects.toThrow('--classes');
    await expect(complexitiesOf('{"stem": "patchify"}')).rejects.toThrow(/arch-000: stem /);
  });
});
