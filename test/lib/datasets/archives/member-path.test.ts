import { describe, expect, test } from 'vitest';
import { isNoise, safePath } from '../../../../lib/datasets/archives/member-path.ts';

describe('the name of a member', () => {
  test.each([
    ['a/b.jpg', 'a/b.jpg'],
    ['./a//b.jpg', 'a/b.jpg'],
    ['a/./b', 'a/b'],
    ['a/', 'a'],
    ['...', '...'],
    ['<img src=x onerror=alert(1)>.jpg', '<img src=x onerror=alert(1)>.jpg'],
    ['Insecta/Zygaena "x" & Co/1.jpg', 'Insecta/Zygaena "x" & Co/1.jpg'],
    ['Füchse/狐.png', 'Füchse/狐.png'],
  ])('%j is the path %j', (name, path) => {
    expect(safePath(name)).toBe(path);
  });

  test.each([
    '/etc/passwd',
    '../a.jpg',
    'a/../../b.jpg',
    'a/..',
    'C:\\Windows\\a.jpg',
    'c:/a.jpg',
    'a\nb.jpg',
    'a\u001b[31mred.jpg',
    'a\u0000.jpg',
    'gpj.\u202etxt',
    '',
    './',
    'x'.repeat(1025),
  ])('%j is unsafe', (name) => {
    expect(safePath(name)).toBeUndefined();
  });
});

test.each([
  '.DS_Store',
  'a/.DS_Store',
  '__MACOSX/a/._b.jpg',
  'a/Thumbs.db',
  'a/desktop.ini',
  '.git/HEAD',
  'a/@eaDir/b.jpg',
])('%s is passed over as noise', (path) => {
  expect(isNoise(path)).toBe(true);
});

test.each(['a/b.jpg', 'DS_Store/a.jpg', 'MACOSX/a.jpg', 'a.b/c.d.jpg'])('%s is no noise', (path) => {
  expect(isNoise(path)).toBe(false);
});
