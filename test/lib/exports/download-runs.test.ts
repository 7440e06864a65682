import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderNames } from '../../../lib/exports/download-runs.ts';

test('runs of different names have different folders, none of which leads elsewhere', () => {
  const names = [
    ...['a:b', 'a_b', 'a?b', 'a%3Ab', 'a%b', 'a/b', 'a//b', 'a/./b', 'a/%/b', 'b', '../b', '..//b', './b', '%2E./b'],
    ...['a\\b', 'a|b', 'a\u0007b', 'a\u0017b', '...', 'resnet50.a1_in1k', 'hf-hub:timm/vit', 'hf-hub/timm/vit'],
  ].map((network) => `${network} on fashion-mnist/5-classes, seed 0`);
  const folders = names.map((name) => join('/out', ...folderNames(name)));
  expect(new Set(folders).size).toBe(names.length);
  for (const folder of folders) {
    expect(folder).toMatch(/^\/out\/./);
    // eslint-disable-next-line no-control-regex
    expect(folder).not.toMatch(/[\u0000-\u001f\\:*?"<>|]/);
  }
  expect(folderNames('arch-004 on mnist, seed 0')).toEqual(['arch-004 on mnist, seed 0']);
});
