import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { journalFile } from '../../../../lib/datasets/shards/shard-writer.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { idx } from '../idx-bytes.ts';
import { concreteForms } from '../layouts/photos.ts';
import { within, writeTree, type Tree } from '../layouts/tree.ts';
import { downloads } from './forms.ts';
import { prepareSmall, type Preparation } from './preparation.ts';

type Download = [fields: Preparation['fields'], form: string, forms: () => Promise<Record<string, Tree>>];

/** What each reader reads. */
const allDownloads: Download[] = [
  ...downloads.map(([dataset, form, forms]): Download => [{ dataset }, form, forms]),
  [{ dataset: 'mnist' }, 'gzipped', () => Promise.resolve({ gzipped: idxFiles(260, 40) })],
  own({ kind: 'folder', path: 'own' }),
  own({ kind: 'table', path: 'own/labels.csv', imageColumn: 'file', labelColumn: 'kind' }),
];

function idxFiles(train: number, tested: number): Tree {
  const files = { train, t10k: tested };
  return Object.fromEntries(
    Object.entries(files).flatMap(([name, count]) => [
      [
        `${name}-images-idx3-ubyte.gz`,
        gzipSync(
          idx(
            [count, 28, 28],
            Array.from({ length: count * 784 }, (_, i) => (i * 7919) % 256),
          ),
        ),
      ],
      [
        `${name}-labels-idx1-ubyte.gz`,
        gzipSync(
          idx(
            [count],
            Array.from({ length: count }, (_, i) => i % 10),
          ),
        ),
      ],
    ]),
  );
}

function own(source: object): Download {
  const forms = async () => {
    const folders = (await concreteForms(14))['in folders']!;
    const rows = Object.keys(folders).map((path) => `${path},${path.split('/')[0]}\n`);
    return { 'in folders': { ...folders, 'labels.csv': `file,kind\n${rows.join('')}` } };
  };
  return [{ dataset: 'own', source } as Preparation['fields'], 'in folders', forms];
}

/** Whole shards that a preparation has on disk so far. */
async function shardsOf({ directory }: Preparation): Promise<number> {
  const folders = await readdir(join(directory, 'images')).catch(() => []);
  const partial = folders.find((folder) => folder.endsWith('.partial'));
  if (partial === undefined) return 0;
  const journal = await readFile(join(directory, 'images', partial, journalFile), 'utf8').catch(() => '');
  return journal.split('\n').length - 1;
}

/** Prepares in a process of its own, which is killed once each preparation has stopped with another shard of it on disk. */
async function killed(preparations: readonly Preparation[], share: number): Promise<void> {
  const before = await Promise.all(preparations.map(shardsOf));
  const script = new URL('./preparing-child.ts', import.meta.url).pathname;
  const args = ['--import', 'tsx', script, JSON.stringify(preparations), String(share)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  const areBehind = async () =>
    !said.includes('stopped') ||
    (await Promise.all(preparations.map(shardsOf))).some((shards, i) => shards <= before[i]!);
  while (child.exitCode === null && (await areBehind())) await sleep(50);
  child.kill('SIGKILL');
  expect(await closed).toEqual([null, 'SIGKILL']);
}

/** Checksums of all files below a folder, but for the marks of when a machine has verified them. */
async function checksums(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(
    (file) => file.isFile() && !file.name.startsWith('verified.'),
  );
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  const sums = paths.map(async (path) => {
    const sum = createHash('sha256').update(await readFile(path));
    return [relative(folder, path), sum.digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(sums));
}

test(
  'killing the preparation of any reader changes no byte of what it prepares, and loses no whole shard',
  { timeout: 240_000 },
  async () => {
    const root = await temporaryFolder();
    const preparations: Preparation[] = [];
    for (const [index, [fields, form, forms]] of allDownloads.entries()) {
      const dataRoot = join(root, `data-${index}`);
      await writeTree(dataRoot, within(fields.dataset, (await forms())[form]!));
      preparations.push({ fields, dataRoot, directory: join(root, `killed-${index}`) });
    }
    await killed(preparations, 1 / 3);
    const first = await Promise.all(preparations.map(shardsOf));
    await killed(preparations, 2 / 3);
    for (const [index, preparation] of preparations.entries()) {
      const what = `${preparation.fields.dataset}, ${allDownloads[index]![1]}`;
      const undisturbed = { ...preparation, directory: join(root, `undisturbed-${index}`) };
      const expected = await prepareSmall(undisturbed);
      const resumed = await prepareSmall(preparation);
      expect(expected.from, what).toEqual([0]);
      expect(resumed.from, what).toHaveLength(1);
      expect(resumed.from[0], what).toBeGreaterThan(first[index]!);
      expect(resumed.digest, what).toBe(expected.digest);
      expect(await checksums(preparation.directory), what).toEqual(await checksums(undisturbed.directory));
    }
  },
);
