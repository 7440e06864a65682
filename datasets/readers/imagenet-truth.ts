import type { FileTree } from '../archives/file-tree.ts';
import { DatasetError } from '../dataset-error.ts';
import { parseCsv } from '../../files/csv.ts';
import { readMat5 } from './mat5.ts';

/** Gives the WordNet id of a validation image by its number, from 1; undefined for one that the truth does not list. */
export type ValidationTruth = (number: number) => string | undefined;

const files = {
  solution: 'LOC_val_solution.csv',
  truth: 'ILSVRC2012_validation_ground_truth.txt',
  synsets: 'meta.mat',
};

/**
 * Finds the classes of ImageNet's validation images: Kaggle's solution, or the development kit's ground truth (class numbers)
 * with its `meta.mat` (what the numbers are).
 * @returns undefined where neither is there
 * @throws DatasetError where it is damaged
 */
export async function readValidationTruth(tree: FileTree): Promise<ValidationTruth | undefined> {
  const find = async (name: string) => {
    const row = tree.paths.findIndex((path) => path === name || path.endsWith(`/${name}`));
    return row < 0 ? undefined : tree.read(row);
  };
  const solution = await find(files.solution);
  if (solution !== undefined) return fromSolution(solution.toString('utf8'));
  const truth = await find(files.truth);
  const synsets = await find(files.synsets);
  return truth && synsets && fromDevelopmentKit(truth.toString('utf8'), synsets);
}

/** `ImageId,PredictionString` with `n01751748 111 108 230 366 ...`: the class, then its boxes, and so on for each object. */
function fromSolution(text: string): ValidationTruth {
  const wnids = new Map<number, string>();
  for (const { line, cells } of parseCsv(text, files.solution).records) {
    const number = /^ILSVRC2012_val_(\d{8})$/.exec(cells[0] ?? '')?.[1];
    const wnid = /^(n\d{8}) /.exec(`${cells[1] ?? ''} `)?.[1];
    if (number === undefined || wnid === undefined)
      throw new DatasetError(
        `${files.solution}, line ${line}: must be an image and its class, like ILSVRC2012_val_00000001,n01751748 ..., got ${JSON.stringify(cells.join(',').slice(0, 60))}`,
      );
    wnids.set(Number(number), wnid);
  }
  return (number) => wnids.get(number);
}

/** A class number a line, in the order of the images; `synsets` of `meta.mat` has `ILSVRC2012_ID` and `WNID` of each class. */
function fromDevelopmentKit(truth: string, synsetsFile: Buffer): ValidationTruth {
  const synsets = readMat5(synsetsFile, files.synsets).get('synsets');
  if (synsets === undefined || !('elements' in synsets))
    throw new DatasetError(`${files.synsets} must have a structure array synsets`);
  const wnids = new Map(
    synsets.elements.map(({ ILSVRC2012_ID: id, WNID: wnid }, index) => {
      if (
        id === undefined ||
        !('numbers' in id) ||
        wnid === undefined ||
        !('text' in wnid) ||
        !/^n\d{8}$/.test(wnid.text)
      )
        throw new DatasetError(`${files.synsets}: synsets(${index + 1}) must have a number ILSVRC2012_ID and a WNID`);
      return [id.numbers[0], wnid.text];
    }),
  );
  const classes = truth
    .trim()
    .split(/\s+/)
    .map((text, index) => {
      const wnid = wnids.get(Number(text));
      if (wnid === undefined)
        throw new DatasetError(
          `${files.truth}, line ${index + 1}: must be a class number in ${files.synsets}, got ${JSON.stringify(text.slice(0, 20))}`,
        );
      return wnid;
    });
  return (number) => classes[number - 1];
}
