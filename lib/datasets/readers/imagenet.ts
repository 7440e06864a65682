import type { FileTree } from '../archives/file-tree.ts';
import { givenSplits, type DatasetSource } from '../source.ts';
import { imageRows } from './class-folders.ts';
import { splitWords } from './folder-words.ts';
import { ImageCollector } from './image-collector.ts';
import { readValidationTruth } from './imagenet-truth.ts';

/** WordNet id of a class. */
const synset = /^n\d{8}$/;
const inTrainName = /^(n\d{8})_\d+\./;
const inValidationName = /^ILSVRC2012_val_(\d{8})\./i;
const inTestName = /^ILSVRC2012_test_/i;
const validationFolder = /^(ILSVRC2012_img_)?val(id|idation)?$/i;

/** Facts about an image from its path. */
interface PathFacts {
  split: number;
  /** Class; null if the path does not tell it, in which case `number` is set. */
  wnid: string | null;
  /** Number of a validation image, from 1. */
  number: number | null;
}

/**
 * Reads ImageNet (ILSVRC 2012) in all common forms: the tar with one tar per class and the flat tar of the validation
 * images, their unpacked folders, or Kaggle's zip. Class names are WordNet ids, and classes are numbered in the order of these ids.
 *
 * If validation images are not in class folders, their classes come from the development kit's ground truth or Kaggle's
 * `LOC_val_solution.csv`.
 * @throws DatasetError if the ground truth is damaged
 */
export async function readImageNet(tree: FileTree): Promise<DatasetSource> {
  const collector = new ImageCollector(tree);
  const rows = imageRows(tree, collector);
  const isFlat = rows.some((row) => factsOf(tree.paths[row]!)?.wnid === null);
  const truth = isFlat ? await readValidationTruth(tree) : undefined;
  const classOf = ({ wnid, number }: PathFacts) => wnid ?? truth?.(number!);
  const wnids = new Set<string>();
  for (const row of rows) {
    const facts = factsOf(tree.paths[row]!);
    const wnid = facts && classOf(facts);
    if (wnid !== undefined) wnids.add(wnid);
  }
  const classes = [...wnids].sort();
  const labels = new Map(classes.map((wnid, label) => [wnid, label]));
  let unlabelled = 0;
  for (const row of rows) {
    const path = tree.paths[row]!;
    const facts = factsOf(path);
    if (facts === undefined) {
      collector.leaveOut('unlabelled test images, and images outside the class folders');
      continue;
    }
    const wnid = classOf(facts);
    if (wnid === undefined) unlabelled++;
    else {
      const { split } = facts;
      const id = `${splitWords[split]}/${wnid}/${path.slice(path.lastIndexOf('/') + 1)}`;
      collector.add({ row, id, label: labels.get(wnid)!, split });
    }
  }
  if (unlabelled > 0) collector.leaveOut('validation images without a label', unlabelled);
  const missing =
    unlabelled === 0
      ? []
      : [
          `labels of ${unlabelled.toLocaleString('en-US')} validation images: put ILSVRC2012_devkit_t12.tar.gz or LOC_val_solution.csv beside them`,
        ];
  return collector.source(classes, { missing });
}

function factsOf(path: string): PathFacts | undefined {
  const folders = path.split('/');
  const file = folders.pop()!;
  if (inTestName.test(file)) return undefined;
  const wnid = folders.findLast((folder) => synset.test(folder)) ?? inTrainName.exec(file)?.[1] ?? null;
  const number = inValidationName.exec(file)?.[1];
  if (wnid === null && number === undefined) return undefined;
  const isValidation = number !== undefined || folders.some((folder) => validationFolder.test(folder));
  return {
    split: isValidation ? givenSplits.validation : givenSplits.train,
    wnid,
    number: number === undefined ? null : Number(number),
  };
}
