import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveRequest } from '../../../../control/submission-request.ts';
import { ArtifactError } from '../../../../lib/core/errors.ts';
import { readTrainerFiles, sha256Of, trainerFileName } from '../../../../lib/study/documents/trainer-files.ts';
import { submitStudy } from '../../../../lib/study/documents/submission.ts';
import { StudyDocuments } from '../../../../lib/study/documents/study-documents.ts';
import { commandEngine } from '../../../../lib/study/trainer-config.ts';
import { MemoryStore } from '../../../memory-store.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { commandStudy } from '../command-study.ts';

/** A folder with a trainer of two files, and a list of networks. */
async function trainerFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'lib'));
  await writeFile(join(folder, 'train_one.py'), 'import lib.net\n');
  await writeFile(join(folder, 'lib/net.py'), 'x = 1\n');
  await writeFile(join(folder, 'models.json'), JSON.stringify([{ name: 'a', spec: 1, params: 5 }, { name: 'b' }]));
  return folder;
}

const files = 'trainer.files=["train_one.py","lib/net.py"]';
const list = 'population={"source":"list","path":"models.json"}';
const request = (folder: string, ...assignments: string[]) =>
  resolveRequest({ config: commandStudy(files, ...assignments), folder });

describe('the files that a config names', () => {
  test("are read beside the config, and the study's config has their checksums and the networks", async () => {
    const folder = await trainerFolder();
    const { config, trainerFiles } = await request(folder, list);
    expect(config.trainer!.files).toEqual([
      { path: 'train_one.py', sha256: sha256Of(Buffer.from('import lib.net\n')) },
      { path: 'lib/net.py', sha256: sha256Of(Buffer.from('x = 1\n')) },
    ]);
    expect(config.population).toEqual({
      source: 'list',
      networks: [
        { name: 'a', spec: 1, params: 5 },
        { name: 'b', spec: null },
      ],
    });
    expect(trainerFiles).toEqual([Buffer.from('import lib.net\n'), Buffer.from('x = 1\n')]);
  });

  test.each([
    ['trainer.files=["absent.py"]', 'trainer.files[0] must be a file in ', 'got "absent.py"'],
    ['trainer.files=["train_one.py/x"]', 'trainer.files[0] must be a file in ', 'got "train_one.py/x"'],
    ['trainer.files=["train_one.py","lib"]', 'trainer.files[1] must be a file; list the files of a folder one by one'],
    ['trainer.files=["link.py"]', 'trainer.files[0] must lie in ', 'but is a link to a file outside it'],
    [
      'trainer.files=["large.bin"]',
      'trainer.files[0] must be at most 16777216 bytes (it is 16777217), got "large.bin"',
    ],
    [
      'trainer.files=["p0.bin","p1.bin","p2.bin","p3.bin","p4.bin"]',
      'trainer.files must be at most 67108864 bytes in total, got 83886080',
    ],
    ['population={"source":"list","path":"none.json"}', 'population.path cannot be read', 'there is no such file'],
    ['population={"source":"list","path":"train_one.py"}', 'population.path must be a JSON file'],
    ['population={"source":"list","path":"twice.json"}', '[1].name must differ from that of the network at position 0'],
    ['population={"source":"list","path":"empty.json"}', 'is not a list of networks'],
    ['population={"source":"list","path":"large.json"}', 'must be at most 16777216 bytes, got 16777217'],
  ])('are refused: %s', async (assignment, ...messages) => {
    const folder = await trainerFolder();
    await symlink('/etc/hostname', join(folder, 'link.py'));
    await writeFile(join(folder, 'twice.json'), '[{"name":"a"},{"name":"a"}]');
    await writeFile(join(folder, 'empty.json'), '[]');
    for (const [name, size] of [
      ['large.bin', 1],
      ['large.json', 1],
      ...[0, 1, 2, 3, 4].map((n) => [`p${n}.bin`, 0] as const),
    ] as const) {
      await writeFile(join(folder, name), '');
      await truncate(join(folder, name), 16 * 2 ** 20 + size);
    }
    const failure = await request(folder, assignment).catch((error: Error) => error.message);
    for (const message of messages) expect(failure).toContain(message);
  });

  test('do not matter any more once the study is submitted; with changed ones the same id is refused, naming them', async () => {
    const folder = await trainerFolder();
    const store = new MemoryStore();
    const submission = await request(folder, list);
    await submitStudy(store, submission);
    await writeFile(join(folder, 'lib/net.py'), 'x = 2\n');
    const config = await new StudyDocuments(store, 'listed').config();
    expect(commandEngine(config.trainer!)).toBe(commandEngine(submission.config.trainer!));
    const contents = (await readTrainerFiles(store, config.trainer!)).map(({ content }) => content.toString());
    expect(contents).toEqual(['import lib.net\n', 'x = 1\n']);
    await submitStudy(store, submission);
    const [old, now] = ['x = 1\n', 'x = 2\n'].map((text) => sha256Of(Buffer.from(text)));
    await expect(submitStudy(store, await request(folder, list))).rejects.toThrow(
      `trainer.files: lib/net.py has changed: its SHA-256 is ${old} there and ${now} here`,
    );
    await expect(submitStudy(store, await request(folder, list, 'trainer.files=["train_one.py"]'))).rejects.toThrow(
      'trainer.files has lib/net.py there, but not here',
    );
    await writeFile(join(folder, 'models.json'), '[{"name":"a","spec":2,"params":5},{"name":"b"}]');
    await writeFile(join(folder, 'lib/net.py'), 'x = 1\n');
    await expect(submitStudy(store, await request(folder, list))).rejects.toThrow(
      'population.networks[0].spec is 1 there and 2 here',
    );
  });

  test('need not be there for a study whose config is resolved, if the store has them', async () => {
    const store = new MemoryStore();
    const { config } = await request(await trainerFolder(), list);
    const elsewhere = await resolveRequest({ config, folder: await temporaryFolder(), id: 'again' });
    await expect(submitStudy(store, elsewhere)).rejects.toThrow('trainer.files[0] must be in the store');
    await submitStudy(store, await request(await trainerFolder(), list));
    await submitStudy(store, elsewhere);
    expect(await new StudyDocuments(store, 'again').config()).toEqual(config);
  });

  test('must be put in before a study is stored', async () => {
    const { config } = await request(await trainerFolder());
    const unread = { ...config, trainer: { ...config.trainer!, files: [{ path: 'train_one.py' }] } };
    await expect(submitStudy(new MemoryStore(), { id: 'unread', config: unread })).rejects.toThrow(
      'trainer.files[0] must have the SHA-256 of a file in the store, got only the path train_one.py',
    );
  });
});

test('a damaged or missing file of a trainer is found when it is read', async () => {
  const store = new MemoryStore();
  const { config, ...submission } = await request(await trainerFolder());
  await submitStudy(store, { ...submission, config });
  const name = trainerFileName(config.trainer!.files[1]!.sha256!);
  await store.put(name, 'x = 3\n');
  await expect(readTrainerFiles(store, config.trainer!)).rejects.toThrow(/is damaged.*SHA-256 must be .*lib\/net\.py/s);
  await store.delete(name);
  await expect(readTrainerFiles(store, config.trainer!)).rejects.toThrow(ArtifactError);
});
