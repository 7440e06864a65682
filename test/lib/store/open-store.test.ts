import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { stateFolder } from '../../../lib/core/files/state-folder.ts';
import { openStore } from '../../../lib/store/open-store.ts';

const state = stateFolder('/somewhere');

test('a store is the one in the state folder, a directory, or part of a bucket', () => {
  expect(openStore(undefined, state).location).toBe('/somewhere/store');
  expect(openStore('elsewhere', state).location).toBe(join(process.cwd(), 'elsewhere'));
  expect(openStore('s3://my-bucket/studies/2026', state).location).toBe('s3://my-bucket/studies/2026');
  expect(openStore('s3://my-bucket', state).location).toBe('s3://my-bucket');
});

test('anything else is refused, without showing credentials', () => {
  expect(() => openStore('gs://bucket', state)).toThrow(
    'store must be a directory or s3://bucket/prefix, got "gs://bucket"',
  );
  expect(() => openStore('s3://key:secret@bucket/x', state)).toThrow('got "s3://***@bucket/x"');
});

test('a file is refused as a store or a state folder', () => {
  const file = fileURLToPath(import.meta.url);
  expect(() => openStore(file, state)).toThrow(`The store is invalid:\n  it must be a folder, but ${file} is a file`);
  expect(() => openStore(undefined, stateFolder(file))).toThrow('The state folder is invalid');
});
