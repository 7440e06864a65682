import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readInputJson } from '../../lib/core/files/read-input.ts';
import { zipOf } from '../../lib/core/files/zip.ts';
import { parseWith } from '../../lib/core/validation.ts';
import { catalogue } from '../../lib/datasets/catalogue/index.ts';
import { networkFileSchema } from '../../lib/design-space/listed-network.ts';
import { parsePopulation } from '../../lib/design-space/population-file.ts';
import { sha256 } from '../../lib/exports/export-index.ts';
import { fileProblems, openExport } from '../../lib/exports/open-export.ts';
import { parseStudyConfig } from '../../lib/study/config.ts';
import { readDatasetDocument } from '../../lib/study/documents/dataset-document.ts';
import { readRunDocument } from '../../lib/study/documents/run-document.ts';
import { readRunRecord } from '../../lib/study/documents/run-record.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { MemoryStore } from '../memory-store.ts';
import { mutated } from './mutations.ts';
import { expectThat, pick, type Subject, type Subjects } from './subject.ts';

const repository = new URL('../../', import.meta.url);
const study = 'demonstration';

/** Some files of the demonstration's export: the documents of the study, of one of its datasets, and of one of its runs. */
async function documentsOfStudy(): Promise<Map<string, Buffer>> {
  const { names, store } = await openExport(new URL('docs/demonstration/demonstration.zip', repository).pathname);
  const { runKey } = (await new StudyDocuments(store, study).plan('mnist'))[0]!;
  const digest = (await new StudyDocuments(store, study).findDatasetDigest('mnist'))!;
  const kept = names.filter(
    (name) =>
      /(config|architectures|outcome)\.json$|\/mnist(\.json|\/)/.test(name) ||
      name.includes(runKey) ||
      name.includes(digest),
  );
  return new Map(await Promise.all(kept.map(async (name) => [name, (await store.get(name))!] as const)));
}

/** Reads every document of a study in a store. */
async function readStudy(store: MemoryStore): Promise<void> {
  const documents = new StudyDocuments(store, study);
  const config = await documents.findConfig();
  expectThat(config === undefined || config.reference !== '', 'a config without a reference');
  await documents.architectures();
  await documents.instructions();
  await documents.dataset('mnist');
  await documents.findOutcome();
  for (const { runKey } of (await documents.plan('mnist')).slice(0, 1)) {
    const document = await readRunDocument(store, runKey);
    const record = await readRunRecord(store, runKey);
    expectThat(record === undefined || record.seed === document.seed, 'the record of another run');
  }
}

/** Intact texts for a reader of files, which it must accept before they are damaged. */
async function files(
  scratch: string,
  originals: Readonly<Record<string, Buffer | string>>,
  read: (path: string) => Promise<unknown>,
): Promise<Subject> {
  const names = Object.keys(originals);
  for (const name of names) {
    await writeFile(join(scratch, name), originals[name]!);
    await read(join(scratch, name));
  }
  return {
    async read(random, folder) {
      const name = pick(names, random);
      const path = join(folder, name);
      await writeFile(path, mutated(Buffer.from(originals[name]!), random));
      await read(path);
    },
  };
}

const pycls = `MODEL: {TYPE: anynet, NUM_CLASSES: 10}
ANYNET:
  STEM_TYPE: res_stem_cifar
  STEM_W: 16
  DEPTHS: [1, 2]
  WIDTHS: [16, 32]
  STRIDES: [1, 2]
  BOT_MULS: [1.0, 0.5]
  GROUP_WS: [8, 4]
`;
const architecture = {
  ...{ stem: 'res_stem_cifar', stemWidth: 16, depths: [1, 2], widths: [16, 32], strides: [1, 2] },
  ...{ bottleneckRatios: [1, 2], groupWidths: [8, 4], imageSize: 28, channels: 1, classes: 10 },
};
const networks = [
  { name: 'resnet50.a1_in1k', spec: { pretrained: true, sizes: [1, [2, null]] }, flops: 4.1e9, params: 25.6e6 },
  { name: 'ghostnet_050', spec: null, imagenetTop1: 0.66 },
];

/** Readers of documents. */
export const documentSubjects: Subjects = {
  architectures: (scratch) =>
    files(
      scratch,
      {
        'pycls.yaml': pycls,
        'several.yaml': `${pycls}---\n${pycls.replace('[8, 4]', '&x [8, 4]').replace('DEPTHS: [1, 2]', 'DEPTHS: &d [1, 2]').replace('STRIDES: [1, 2]', 'STRIDES: *d')}`,
        'list.json': JSON.stringify([{ name: 'a', architecture }, architecture]),
        'lines.ndjson': `${JSON.stringify(architecture)}\n${JSON.stringify({ ...architecture, stemWidth: 32 })}\n`,
      },
      async (path) => {
        const found = parsePopulation(await readFile(path, 'utf8'), path);
        expectThat(new Set(found.map(({ name }) => name)).size === found.length, 'two architectures of one name');
      },
    ),
  'lists of networks': (scratch) =>
    files(
      scratch,
      { 'networks.json': JSON.stringify({ networks }), 'list.json': JSON.stringify(networks) },
      async (path) => parseWith(networkFileSchema, await readInputJson('--networks', path), path),
    ),
  'study configs': async (scratch) => {
    const presets = ['quickstart', 'paper', 'demonstration'];
    const texts = presets.map(async (name) => [
      `${name}.json`,
      await readFile(new URL(`lib/study/presets/${name}.json`, repository)),
    ]);
    return files(scratch, Object.fromEntries(await Promise.all(texts)) as Record<string, Buffer>, async (path) =>
      parseStudyConfig(await readInputJson('--config', path), catalogue),
    );
  },
  'documents of a study': async () => {
    const originals = await documentsOfStudy();
    const names = [...originals.keys()];
    return {
      async read(random) {
        const store = new MemoryStore();
        const damaged = pick(names, random);
        for (const [name, content] of originals)
          await store.put(name, name === damaged ? mutated(content, random) : content);
        await readStudy(store);
        for (const name of names)
          if (name.startsWith('datasets/')) await readDatasetDocument(store, name.split('/')[1]!);
      },
    };
  },
  exports: async () => {
    const contents = await documentsOfStudy();
    const index = {
      ...{ format: 2, program: '0.1.0', study, weights: {} },
      files: Object.fromEntries([...contents].map(([name, content]) => [name, sha256(content)])),
    };
    const readme = Buffer.from('An exported study.\n');
    const archive = await zipOf([
      ...contents,
      ['export.json', Buffer.from(JSON.stringify(index))],
      ['README.txt', readme],
    ]);
    return {
      async read(random, folder) {
        const path = join(folder, 'a.zip');
        await mkdir(folder, { recursive: true });
        await writeFile(path, mutated(archive, random));
        const opened = await openExport(path);
        const problems = await fileProblems(opened);
        if (problems.length > 0) return;
        for (const name of opened.names)
          expectThat(
            name === 'README.txt' || (await opened.store.get(name))!.equals(contents.get(name)!),
            `${name} was changed, and no error says so`,
          );
      },
    };
  },
};
