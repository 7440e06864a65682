import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FileTree } from '../../lib/datasets/archives/file-tree.ts';
import { loneFile, walkFolder } from '../../lib/datasets/archives/walk-folder.ts';
import { decodeImage } from '../../lib/datasets/images/decode.ts';
import { mostPixels } from '../../lib/datasets/images/undecodable-image.ts';
import { readClassFolders } from '../../lib/datasets/readers/class-folders.ts';
import { readCoco } from '../../lib/datasets/readers/coco.ts';
import { parseIdx } from '../../lib/datasets/readers/idx.ts';
import { readMat5 } from '../../lib/datasets/readers/mat5.ts';
import { readTable } from '../../lib/datasets/readers/table.ts';
import { givenSplits, type DatasetSource } from '../../lib/datasets/source.ts';
import { idx } from '../lib/datasets/idx-bytes.ts';
import { os2BmpOf } from '../lib/datasets/images/bmp-bytes.ts';
import { tiffOf } from '../lib/datasets/images/tiff-bytes.ts';
import { tarOf, writeTree, zipOf, type Tree } from '../lib/datasets/layouts/tree.ts';
import { mutated } from './mutations.ts';
import { expectThat, pick, type Subject, type Subjects } from './subject.ts';

const golden = (folder: string) => new URL(`../lib/datasets/${folder}/`, import.meta.url);

async function goldenFiles(folder: string, ending: RegExp): Promise<Buffer[]> {
  const names = (await readdir(golden(folder))).filter((name) => ending.test(name)).sort();
  return Promise.all(names.map((name) => readFile(new URL(name, golden(folder)))));
}

/** Lists and reads everything in an archive. */
async function readArchive(path: string): Promise<void> {
  const tree = await FileTree.open(await loneFile(path));
  for await (const file of tree.contents([...tree.paths.keys()])) {
    if (!('bytes' in file)) continue;
    const path = tree.paths[file.row]!;
    expectThat(file.bytes.length === tree.size(file.row), `${path} has ${file.bytes.length} bytes`);
    expectThat(!path.split('/').includes('..') && !path.startsWith('/'), `${path} leads out of the dataset`);
  }
}

function archives(name: string, originals: readonly Buffer[], pack = (bytes: Buffer) => bytes): Subject {
  return {
    async read(random, folder) {
      const path = join(folder, name);
      await writeFile(path, pack(mutated(pick(originals, random), random)));
      await readArchive(path);
    },
  };
}

/** Images have the size in their headers when decoded, and a damaged image does not affect the decoding of later ones. */
function images(originals: readonly Buffer[]): Subject {
  const intact = originals[0]!;
  const expected = decodeImage(intact);
  return {
    async read(random) {
      try {
        const { pixels, height, width, channels } = await decodeImage(mutated(pick(originals, random), random));
        expectThat(pixels.length === height * width * channels, `${height} x ${width} x ${channels}`);
        expectThat(height * width <= mostPixels && height * width > 0, `${height} x ${width} pixels`);
      } finally {
        const { pixels } = await decodeImage(intact);
        expectThat(Buffer.from((await expected).pixels).equals(pixels), 'an intact image after a damaged one');
      }
    },
  };
}

function checkSource({ classes, images: { ids, labels, splits } }: DatasetSource): void {
  expectThat(new Set(ids).size === ids.length, 'ids are not unique');
  expectThat(
    labels.every((label) => label < classes.length),
    'a label without a class',
  );
  expectThat(
    splits.every((split) => Object.values<number>(givenSplits).includes(split)),
    'an unknown split',
  );
}

const words = [
  'train',
  'test',
  'val',
  'seg_train',
  'cats',
  'dogs',
  'images',
  'masks',
  'a',
  'b',
  'é',
  'e\u0301',
  'x.zip.d',
];
const endings = ['.jpg', '.JPG', '.png', '.ppm', '.txt', '.csv', '.jpg.gz', ''];

/** Folders of any structure: each is a source or is refused. */
const folders: Subject = {
  async read(random, folder) {
    const tree: Record<string, string> = {};
    const isFree = (path: string) =>
      Object.keys(tree).every((other) => !other.startsWith(`${path}/`) && !path.startsWith(`${other}/`));
    for (let files = 1 + random.integer(30); files > 0; files--) {
      const depth = random.integer(5);
      const path = [
        ...Array.from({ length: depth }, () => pick(words, random)),
        `${random.integer(4)}${pick(endings, random)}`,
      ].join('/');
      if (isFree(path)) tree[path] = path;
    }
    await writeTree(folder, tree);
    const source = readClassFolders(await FileTree.open(await walkFolder(folder)), 'fuzzed');
    checkSource(source);
    expectThat(source.classes.length > 1, 'less than two classes');
    const pictures = Object.keys(tree).filter((path) => /\.(jpg|png)(\.gz)?$/i.test(path)).length;
    const counted = source.images.ids.length + source.leftOut.reduce((sum, { images }) => sum + images, 0);
    expectThat(counted >= pictures, `${counted} of ${pictures} images are counted`);
  },
};

function documents(
  name: string,
  original: Buffer,
  files: Tree,
  read: (tree: FileTree) => Promise<DatasetSource>,
): Subject {
  return {
    async read(random, folder) {
      await writeTree(folder, { ...files, [name]: mutated(original, random) });
      checkSource(await read(await FileTree.open(await walkFolder(folder))));
    },
  };
}

const table = Buffer.from(
  `file,species\n${Array.from({ length: 40 }, (_, i) => `img/${i}.jpg,${i % 3 ? 'jay' : 'owl'}\n`).join('')}`,
);
const pictures: Tree = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`img/${i}.jpg`, String(i)]));
const coco = Buffer.from(
  JSON.stringify({
    images: Array.from({ length: 40 }, (_, id) => ({ id, file_name: `img/${id}.jpg` })),
    annotations: Array.from({ length: 40 }, (_, id) => ({ image_id: id, category_id: id % 3 })),
    categories: [0, 1, 2].map((id) => ({ id, name: `kind ${id}`, supercategory: 'Insecta' })),
  }),
);

const files = {
  'a/1.jpg': Buffer.alloc(3000, 1),
  'b/ü.txt': 'text',
  'c/labels.csv': 'a,b',
  'd/empty.png': '',
};

/** Readers of datasets. */
export const datasetSubjects: Subjects = {
  tar: async () => archives('a.tar', [...(await goldenFiles('golden', /\.tar$/)), await tarOf(files)]),
  'tar within gzip': async () =>
    archives('a.tar.gz', await goldenFiles('golden', /\.tar$/), (bytes) => gzipSync(bytes)),
  'gzipped tar': async () =>
    archives(
      'a.tgz',
      (await goldenFiles('golden', /\.tar$/)).map((bytes) => gzipSync(bytes)),
    ),
  zip: async () => archives('a.zip', [await zipOf(files), await zipOf(files, { compress: false })]),
  'zip of archives': async () =>
    archives('a.zip', [await zipOf({ 'b.zip': await zipOf(files), 'c.tar': await tarOf(files) }, { compress: false })]),
  TIFF: async () =>
    images([
      ...(await goldenFiles('images/golden', /\.tif$/)),
      ...[{}, { bits: 16 as const }, { big: true }, { bigEndian: true }, { channels: 1 }].map(tiffOf),
    ]),
  BMP: async () => {
    const originals = await goldenFiles('images/golden', /\.bmp$/);
    return images([...originals, os2BmpOf(await decodeImage(originals[0]!))]);
  },
  'other images': async () => images(await goldenFiles('images/golden', /\.(png|jpg|gif|webp)$/)),
  'image folders': () => Promise.resolve(folders),
  'tables of labels': () =>
    Promise.resolve(
      documents('labels.csv', table, pictures, (tree) =>
        readTable(tree, tree.paths.indexOf('labels.csv'), { imageColumn: 'file', labelColumn: 'species' }),
      ),
    ),
  COCO: () =>
    Promise.resolve(
      documents('train2017.json', coco, pictures, (tree) =>
        readCoco(tree, [{ row: tree.paths.indexOf('train2017.json'), split: givenSplits.train }], 'Insecta'),
      ),
    ),
  MATLAB: async () => {
    const originals = await goldenFiles('golden', /\.mat$/);
    return {
      read(random) {
        const variables = readMat5(mutated(pick(originals, random), random), 'fuzzed.mat');
        expectThat(variables instanceof Map, 'no variables');
        return Promise.resolve();
      },
    };
  },
  IDX: () => {
    const original = idx(
      [20, 6, 6],
      Array.from({ length: 720 }, (_, i) => i % 256),
    );
    return Promise.resolve({
      read(random) {
        const { shape, data } = parseIdx(mutated(Buffer.from(original), random), 'fuzzed', 3);
        expectThat(data.length === shape.reduce((product, size) => product * size, 1), 'a shape without its data');
        return Promise.resolve();
      },
    });
  },
};
