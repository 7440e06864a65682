import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { catalogue } from '../../lib/datasets/catalogue/index.ts';

const page = await readFile(new URL('../../docs/datasets.md', import.meta.url), 'utf8');

test.each(catalogue.map((entry) => [entry.name, entry] as const))(
  'docs/datasets.md and the catalogue agree about %s: licence, counts, and whether they are verified',
  (name, { publication, expected, classes }) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\``));
    expect(row).toBeDefined();
    const { train, test: tested, undivided } = expected[0]!.splits;
    const counts = [train, tested, undivided].flatMap((split) =>
      split === undefined ? [] : [split.images.toLocaleString('en-US')],
    );
    for (const text of [publication.licence.replace(/ \(.*/, ''), ...counts, String(classes)])
      expect(row).toContain(text);
    if (expected[0]!.isRecalled) expect(row).toContain('(*)');
  },
);
