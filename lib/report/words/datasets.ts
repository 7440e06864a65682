import type { ComparedDataset } from '../../analysis/index.ts';
import type { PageData } from '../page-data.ts';
import { listed } from './numbers.ts';

/** What a dataset is called in prose and charts. */
export interface DatasetTitle {
  /** E.g. "Fashion-MNIST, 5 classes, draw 2". */
  title: string;
  /** The same beside its reference, e.g. "5 classes, draw 2"; of what is no part of it the whole title. */
  short: string;
}

export interface TitledDataset extends Pick<ComparedDataset, 'dataset' | 'role' | 'parent' | 'classes' | 'classDraw'> {
  /** Of what the dataset is a part of, or of itself, e.g. "Fashion-MNIST"; by default its own name. */
  wholeTitle: string | undefined;
  /** Training images relative to the reference; null if it is not known. */
  imageShare: number | null;
}

/** Titles of datasets: each is given once; those that would be called alike keep their names. */
export function datasetTitles(datasets: readonly TitledDataset[]): DatasetTitle[] {
  const reference = datasets.find(({ role }) => role === 'reference');
  const whole = (of: TitledDataset) => of.wholeTitle ?? of.parent ?? of.dataset;
  const titles = datasets.map((of): DatasetTitle => {
    if (of.role === 'control') {
      const short = imagesInWords(of);
      return { title: `${reference === undefined ? whole(of) : whole(reference)}, ${short}`, short };
    }
    // A whole dataset may have a number of classes, too: only a draw makes it a part.
    if (of.role !== 'subset' && of.classDraw === null)
      return { title: of.wholeTitle ?? of.dataset, short: of.wholeTitle ?? of.dataset };
    const draws = datasets.filter(
      (other) => other.role === of.role && other.parent === of.parent && other.classes === of.classes,
    );
    const short = `${of.classes} classes${draws.length > 1 && of.classDraw !== null ? `, draw ${of.classDraw + 1}` : ''}`;
    const title = `${of.role === 'subset' && reference !== undefined ? whole(reference) : whole(of)}, ${short}`;
    return { title, short: of.role === 'subset' ? short : title };
  });
  return titles.map((of, index) => {
    const isUnique = titles.every(({ title }, other) => other === index || title !== of.title);
    const name = datasets[index]!.dataset;
    return isUnique ? of : { title: name, short: name };
  });
}

const shares = [
  [1 / 2, 'half of the images'],
  [1 / 3, 'a third of the images'],
  [1 / 4, 'a quarter of the images'],
  [1 / 5, 'a fifth of the images'],
  [1 / 10, 'a tenth of the images'],
] as const;

function imagesInWords({ imageShare, classes, dataset }: TitledDataset): string {
  if (imageShare === null) return classes === null ? dataset : `as many images as ${classes} classes`;
  const known = shares.find(([share]) => Math.abs(imageShare / share - 1) < 0.02);
  return known?.[1] ?? `${Number((100 * imageShare).toPrecision(2))} % of the images`;
}

/** Names of datasets in a sentence, the draws of as many classes as one, e.g. "MNIST and 2-class subsets". */
export function groupsInWords(data: Pick<PageData, 'datasets' | 'titles'>, names: readonly string[]): string {
  const groups = data.datasets.flatMap(({ dataset, role, classes }, index) =>
    names.includes(dataset) ? [role === 'subset' ? `${classes}-class subsets` : data.titles[index]!.title] : [],
  );
  const told = [...new Set(groups)];
  return told.length <= mostNamed ? listed(told) : `${names.length} of ${data.datasets.length} datasets`;
}

const mostNamed = 3;
