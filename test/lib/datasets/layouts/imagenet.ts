import { readFile } from 'node:fs/promises';
import { jpeg } from './images.ts';
import { gzippedTarOf, tarOf, within, zipOf, type Tree } from './tree.ts';

/** WordNet ids in the order of their numbers in golden/meta.mat, which is not that of the ids. */
const wnids = Array.from({ length: 120 }, (_, i) => `n${String(1440764 + 1009 * ((i * 37) % 120)).padStart(8, '0')}`);

const size = (number: number) => ({ width: 40 + 8 * (number % 3), height: 40 + 8 * ((number + 1) % 2) });

/** ImageNet in the forms in which it is downloaded, with the first classes and a few images of each. */
export async function imagenetForms({ classes = 3, train = 4, validation = 2 } = {}): Promise<Record<string, Tree>> {
  const byClass = new Map<string, Tree>();
  const kept = wnids.slice(0, classes);
  for (const [label, wnid] of kept.entries()) {
    const images: Record<string, Buffer> = {};
    for (let i = 0; i < train; i++) images[`${wnid}_${i * 7 + 18}.JPEG`] = await jpeg(label, i, size(i));
    byClass.set(wnid, images);
  }
  // Validation images are in no order of classes.
  const truth = Array.from({ length: classes * validation }, (_, i) => (i * 7 + 3) % classes);
  const flat: Record<string, Buffer> = {};
  const sorted: Record<string, Buffer> = {};
  for (const [i, label] of truth.entries()) {
    const name = `ILSVRC2012_val_${String(i + 1).padStart(8, '0')}.JPEG`;
    flat[name] = await jpeg(label, 50 + i, size(i));
    sorted[`val/${kept[label]}/${name}`] = flat[name];
  }
  const devkit: Tree = {
    'ILSVRC2012_devkit_t12/readme.txt': 'Development kit',
    'ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt': `${truth.map((label) => label + 1).join('\n')}\n`,
    'ILSVRC2012_devkit_t12/data/meta.mat': await readFile(new URL('../golden/meta.mat', import.meta.url)),
  };
  const folders = Object.assign(
    {},
    ...Array.from(byClass, ([wnid, images]) => within(`train/${wnid}`, images)),
  ) as Tree;
  const perSynset: Record<string, Buffer> = {};
  for (const [wnid, images] of byClass) perSynset[`${wnid}.tar`] = await tarOf(images);
  const solution = Object.keys(flat).map((name, i) => `${name.replace('.JPEG', '')},${kept[truth[i]!]} 1 2 3 4 `);
  const kaggle: Tree = {
    ...within('ILSVRC/Data/CLS-LOC', { ...folders, ...within('val', flat) }),
    'ILSVRC/Data/CLS-LOC/test/ILSVRC2012_test_00000001.JPEG': Object.values(flat)[0]!,
    'ILSVRC/Annotations/CLS-LOC/val/ILSVRC2012_val_00000001.xml': '<annotation/>',
    'ILSVRC/ImageSets/CLS-LOC/train_cls.txt': 'n01440764/n01440764_10026 1\n',
    'LOC_synset_mapping.txt': kept.map((wnid) => `${wnid} tench, Tinca tinca\n`).join(''),
    'LOC_val_solution.csv': `ImageId,PredictionString\n${solution.join('\n')}\n`,
  };
  return {
    'folders of classes': { ...folders, ...sorted },
    'the tars as they are downloaded': {
      'ILSVRC2012_img_train.tar': await tarOf(perSynset),
      'ILSVRC2012_img_val.tar': await tarOf(flat),
      'ILSVRC2012_devkit_t12.tar.gz': await gzippedTarOf(devkit),
    },
    'unpacked once, with the development kit': {
      ...within('ILSVRC2012_img_train', perSynset),
      ...within('ILSVRC2012_img_val', flat),
      ...devkit,
    },
    "Kaggle's zip": { 'imagenet-object-localization-challenge.zip': await zipOf(kaggle) },
    "Kaggle's files": kaggle,
    "Kaggle's compressed tar": { 'imagenet_object_localization_patched2019.tar.gz': await gzippedTarOf(kaggle) },
  };
}
