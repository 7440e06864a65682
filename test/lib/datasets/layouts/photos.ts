import { bmp, jpeg } from './images.ts';
import { gzippedTarOf, tarOf, within, zipOf, type Tree } from './tree.ts';

type Forms = Promise<Record<string, Tree>>;

/** Images in a folder each class: `<folder>/<name of number i>`. */
async function classFolders(
  folders: readonly string[],
  count: number,
  name: (i: number, folder: string) => string,
  size = { width: 32, height: 32 },
): Promise<Tree> {
  const tree: Record<string, Buffer> = {};
  for (const [label, folder] of folders.entries())
    for (let i = 0; i < count; i++) tree[`${folder}/${name(i, folder)}`] = await jpeg(label, i, size);
  return tree;
}

/** A tree in its folders and in each kind of archive. */
async function packed(tree: Tree, archive: string): Forms {
  return {
    'in folders': tree,
    'in a zip': { [`${archive}.zip`]: await zipOf(tree) },
    'in a tar': { [`${archive}.tar`]: await tarOf(tree) },
    'in a compressed tar': { [`${archive}.tar.gz`]: await gzippedTarOf(tree) },
    'in a wrapping folder, with what machines leave': {
      ...within(`${archive}/${archive}`, tree),
      [`${archive}/.DS_Store`]: 'x',
      [`__MACOSX/${archive}/._${Object.keys(tree)[0]}`]: 'x',
    },
  };
}

export async function concreteForms(perClass = 6): Forms {
  const name = (i: number) => `${String(i * 70 + 1).padStart(5, '0')}.jpg`;
  return packed(
    await classFolders(['Negative', 'Positive'], perClass, name, { width: 57, height: 57 }),
    'Concrete Crack Images for Classification',
  );
}

const scenes = ['buildings', 'forest', 'glacier', 'mountain', 'sea', 'street'];

export async function naturalForms({ train = 5, test = 2 } = {}): Forms {
  const size = { width: 38, height: 38 };
  const number = (start: number) => (i: number, folder: string) => `${start + i * 11 + folder.length}.jpg`;
  const trees = {
    seg_train: await classFolders(scenes, train, number(0), size),
    seg_test: await classFolders(scenes, test, number(20_000), size),
  };
  const unlabelled = { 'seg_pred/seg_pred/5.jpg': await jpeg(0, 9, size) };
  const nested = {
    ...within('seg_train/seg_train', trees.seg_train),
    ...within('seg_test/seg_test', trees.seg_test),
    ...unlabelled,
  };
  return {
    ...(await packed(nested, 'archive')),
    'without the nested folders': {
      ...within('seg_train', trees.seg_train),
      ...within('seg_test', trees.seg_test),
      ...unlabelled,
    },
  };
}

/** Names tell the class: `TV` with a power line, `TY` without. */
export async function powerlineForms(perClass = 4): Forms {
  const size = { width: 32, height: 32 };
  const tree: Record<string, Buffer> = {};
  for (const [kind, folder] of ['Infrared (IR)', 'Visible Light (VL)'].entries())
    for (const [label, prefix] of ['TY', 'TV'].entries())
      for (let i = 0; i < perClass; i++)
        tree[`${folder}/${prefix}${kind}${String(i).padStart(4, '0')}.bmp`] = bmp(label, i + kind, size);
  return packed(tree, 'Powerline Image Dataset');
}

export async function beetleForms({ species = 4, images = 5 } = {}): Forms {
  const folders = Array.from({ length: species }, (_, i) => `Carabus species ${String(i).padStart(3, '0')}`);
  const tree = await classFolders(folders, images, (i) => `BMNHE_${i + 500}.jpg`, { width: 60, height: 74 });
  const perSpecies: Record<string, Buffer> = {};
  for (const folder of folders)
    perSpecies[`${folder}.zip`] = await zipOf(
      Object.fromEntries(
        Object.entries(tree).flatMap(([path, content]) =>
          path.startsWith(`${folder}/`) ? [[path.slice(folder.length + 1), content]] : [],
        ),
      ),
    );
  return { ...(await packed(tree, 'BeetlePhotos')), 'in a zip each species': perSpecies };
}

/** The insects of iNaturalist 2017, with birds beside them. */
export async function inaturalistForms({ species = 3, train = 4, validation = 2 } = {}): Forms {
  const size = { width: 50, height: 38 };
  const images: { id: number; file: string; category: number; isTrain: boolean; bytes: Buffer }[] = [];
  const categories = Array.from({ length: species + 1 }, (_, i) => ({
    id: 100 + i,
    name: i < species ? `Danaus species${i}` : 'Turdus merula',
    supercategory: i < species ? 'Insecta' : 'Aves',
  }));
  for (const { id, name, supercategory } of categories)
    for (let i = 0; i < train + validation; i++) {
      const hash = Buffer.from(`${id}-${i}`).toString('hex');
      images.push({
        id: images.length + 1,
        file: `train_val_images/${supercategory}/${name}/${hash}.jpg`,
        category: id,
        isTrain: i < train,
        bytes: await jpeg(id, i, size),
      });
    }
  const tree = Object.fromEntries(images.map(({ file, bytes }) => [file, bytes]));
  const document = (isTrain: boolean) => {
    const listed = images.filter((image) => image.isTrain === isTrain);
    return JSON.stringify({
      info: { year: 2017, description: 'x', images: [{ id: 'not an image' }] },
      images: listed.map(({ id, file }) => ({
        license: 3,
        file_name: file,
        rights_holder: 'Zoë',
        height: 38,
        width: 50,
        id,
      })),
      licenses: [{ id: 1, name: 'CC BY-NC', url: 'x' }],
      annotations: listed.map(({ id, category }) => ({ image_id: id, category_id: category, id })),
      categories,
    });
  };
  const documents = { 'train2017.json': document(true), 'val2017.json': document(false) };
  return {
    unpacked: { ...tree, ...documents },
    'as downloaded': {
      'train_val_images.tar.gz': await gzippedTarOf(tree),
      'train_val2017.tar.gz': await gzippedTarOf(within('train_val2017', documents)),
    },
  };
}
