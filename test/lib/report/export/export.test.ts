import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { unzip, zipOf } from '../../../../lib/core/files/zip.ts';
import { checkStudy } from '../../../../lib/report/export/check-study.ts';
import { importStudy } from '../../../../lib/report/export/read-export.ts';
import { exportStudy } from '../../../../lib/report/export/write-export.ts';
import { weightsDigest } from '../../../../lib/runs/compare-weights.ts';
import type { ArtifactStore } from '../../../../lib/store/artifact-store.ts';
import { studyArtifacts } from '../../../../lib/study/documents/study-documents.ts';
import { MemoryStore } from '../../../memory-store.ts';
import { rehearsedStudy } from '../rehearsed-study.ts';

let store: ArtifactStore;
let archive: Buffer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beyond-imagenet-test-'));
  ({ store } = await rehearsedStudy(folder));
  archive = await exportStudy(store, 'rehearsed', { weightsDigest });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const limits = { bytes: 1e9, files: 1e5 };

/** The archive with one of its files changed. */
async function changed(name: RegExp, change: (text: string) => string): Promise<Buffer> {
  const files = await unzip(archive, limits);
  const found = [...files.keys()].find((candidate) => name.test(candidate))!;
  const text = change(files.get(found)!.toString());
  expect(text).not.toBe(files.get(found)!.toString());
  return await zipOf(files.set(found, Buffer.from(text)));
}

describe('an exported study', () => {
  test('holds documents, records, tables, statistics and report, no pixels and no weights', async () => {
    const names = [...(await unzip(archive, limits)).keys()];
    for (const name of [
      'config.json',
      'architectures.json',
      'results.csv',
      'curves.csv',
      'analysis.json',
      'report.html',
    ])
      expect(names).toContain(`studies/rehearsed/${name}`);
    expect(names.filter((name) => name.endsWith('/record.json'))).toHaveLength(48);
    expect(names.filter((name) => name.endsWith('/dataset.json'))).toHaveLength(4);
    expect(names.filter((name) => /\.(bin|model)|events/.test(name))).toEqual([]);
  });

  test('is the same, byte for byte, when it is exported again', async () => {
    expect((await exportStudy(store, 'rehearsed', { weightsDigest })).equals(archive)).toBe(true);
  });

  test('is checked elsewhere: checksums, records, table, and every statistic computed again', async () => {
    const elsewhere = new MemoryStore();
    const { study, weights, problems } = await importStudy(archive, 'r.zip', elsewhere);
    expect(problems).toEqual([]);
    expect(Object.keys(weights)).toHaveLength(48);
    const check = await checkStudy(elsewhere, study);
    expect(check).toMatchObject({ runs: 48, recordProblems: [], tableProblems: [] });
    expect(check.statistics!.figures).toBeGreaterThan(1000);
    expect(check.statistics).toMatchObject({ equal: check.statistics!.figures, largestDifference: 0, problems: [] });
  });

  test('tells a record that was changed by hand: the file, the run and the cell, and the statistics that do not follow', async () => {
    const elsewhere = new MemoryStore();
    const content = await changed(/record\.json$/, (text) =>
      text.replace(/("test": \{[^}]*"top1Error": )0\.\d/, '$10.9'),
    );
    const { problems } = await importStudy(content, 'r.zip', elsewhere);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^runs\/[0-9a-f]{32}\/record\.json was changed: its SHA-256 must be/);
    const check = await checkStudy(elsewhere, 'rehearsed');
    expect(check.tableProblems[0]).toMatch(
      /^arch-00\d on [\w/-]+, seed \d: top1Error is 0\.\d+ in studies\/rehearsed\/results\.csv and 0\.9\d* in its record$/,
    );
    expect(check.statistics!.problems.length).toBeGreaterThan(0);
  });

  test('computes curves again from the records, too: one that was changed by hand is told', async () => {
    const elsewhere = new MemoryStore();
    const content = await changed(/record\.json$/, (text) =>
      text.replace(/("curve": \[\s*\{[^}]*"validationTop1Error": )0\.\d+/, '$10.01'),
    );
    await importStudy(content, 'r.zip', elsewhere);
    const { statistics } = await checkStudy(elsewhere, 'rehearsed');
    expect(statistics!.problems.join('\n')).toMatch(/^curves\[\d\]\.points\[0\]\.spearman is/);
  });

  test('tells a record of another run, and a figure that does not follow from the records', async () => {
    const elsewhere = new MemoryStore();
    await importStudy(
      await changed(/record\.json$/, (text) => text.replace(/"seed": 0/, '"seed": 7')),
      'r.zip',
      elsewhere,
    );
    expect((await checkStudy(elsewhere, 'rehearsed')).recordProblems[0]).toMatch(
      /record\.json is the record of another run/,
    );

    const another = new MemoryStore();
    await importStudy(
      await changed(/analysis\.json$/, (text) => text.replace(/"pearson":(-?)0\.\d/, '"pearson":$10.0')),
      'r.zip',
      another,
    );
    const { statistics } = await checkStudy(another, 'rehearsed');
    expect(statistics!.problems).toHaveLength(1);
    expect(statistics!.problems[0]).toMatch(/^correlations\[\d\]\.pearson is -?0\.0\d+ and comes out as/);
  });

  test('tells files that are missing or were added', async () => {
    const files = await unzip(archive, limits);
    files.delete(studyArtifacts('rehearsed').report);
    files.set('studies/rehearsed/extra.json', Buffer.from('{}'));
    const { problems } = await importStudy(await zipOf(files), 'r.zip', new MemoryStore());
    expect(problems).toEqual([
      'studies/rehearsed/report.html is missing',
      'studies/rehearsed/extra.json is not listed in export.json',
    ]);
  });

  test('with names that lead elsewhere, or what is no export at all, is refused whole', async () => {
    const files = await unzip(archive, limits);
    for (const name of [
      '../evil',
      'studies/other/config.json',
      'studies/rehearsed/../x',
      'runs/<script>/record.json',
    ]) {
      const target = new MemoryStore();
      // The library that writes archives refuses such names.
      const placeholder = 'x'.repeat(name.length);
      const harmless = await zipOf(new Map([...files, [placeholder, Buffer.from('y')]]));
      const hostile = Buffer.from(harmless.toString('latin1').replaceAll(placeholder, name), 'latin1');
      await expect(importStudy(hostile, 'r.zip', target), name).rejects.toThrow(/is not an exported study/);
      expect(target.artifacts.size).toBe(0);
    }
    await expect(importStudy(Buffer.from('no archive'), 'r.zip', new MemoryStore())).rejects.toThrow(
      'r.zip is not an exported study',
    );
    await expect(
      importStudy(await zipOf(new Map([['a', Buffer.from('b')]])), 'r.zip', new MemoryStore()),
    ).rejects.toThrow('it must have the file export.json');
  });
});
