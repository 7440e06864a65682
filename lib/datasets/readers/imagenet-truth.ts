import type { FileTree } from '../archives/file-tree.ts';
import { DatasetError } from '../dataset-error.ts';
import { parseCsv } from '../../core/files/csv.ts';
import { readMat5 } from './mat5.ts';

/** Returns the WordNet id of a validation image, given its number from 1; undefined if the ground truth does not list it. */
export type ValidationTruth = (number: number) => string | undefined;

const files = {
  solution: 'LOC_val_solution.csv',
  truth: 'ILSVRC2012_validation_ground_truth.txt',
  synsets: 'meta.mat',
};

/**
 * Finds the classes of ImageNet's validation images: in Kaggle's solution, or in the development kit's ground truth (class numbers)
 * with its `meta.mat` (the WordNet ids of these numbers).
 * @returns undefined if neither exists
 * @throws DatasetError if it is damaged
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

/** `ImageId,PredictionString` with `n01751748 111 108 230 366 ...`: the class and bounding box of each object. */
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

/** One class number per line, in image order; `synsets` in `meta.mat` has the `ILSVRC2012_ID` and `WNID` of each class. */
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
