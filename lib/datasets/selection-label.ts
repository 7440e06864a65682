import { canonicalJson } from '../core/canonical-json.ts';
import { datasetSelectionSchema, type ClassSubset, type DatasetSelection } from './selection.ts';

/** Returns the short name of a selection in tables, charts and the Temporal UI, e.g. `fashion-mnist/5-classes`. */
export function selectionLabel(selection: DatasetSelection): string {
  return selection.label ?? defaultLabel(selection);
}

/** Returns the default label of a selection, which all selections of the same dataset and classes share. */
function defaultLabel({ dataset, controlFor, ...selection }: DatasetSelection): string {
  if (controlFor !== undefined) return `${dataset}/${subsetName(controlFor)}-control`;
  const { classes, classDraw, nestedClasses } = selection;
  return classes === undefined ? dataset : `${dataset}/${subsetName({ classes, classDraw, nestedClasses })}`;
}

const longestList = 40;

function subsetName({ classes, classDraw, nestedClasses }: ClassSubset): string {
  if (typeof classes === 'number')
    return `${classes}-classes${nestedClasses ? '-nested' : ''}${classDraw > 0 ? `-draw-${classDraw}` : ''}`;
  const list = slug(classes.join('-'));
  return list.length <= longestList ? list : `${classes.length}-named-classes`;
}

/**
 * Gives every selection a label: selections with a label keep it, the others get their default. If that is also another's label, the
 * values that distinguish the selection are added, e.g. `mnist/1000-images`; a selection with only default values gets no addition.
 * Identical selections get the same label, which the caller must refuse.
 *
 * So a label is as short as a study's other datasets allow, and `"reference": "mnist"` works whichever images are selected. A study's
 * labels never change: they are stored in its config, and a later selection finds them taken.
 */
export function labelled(selections: readonly DatasetSelection[]): DatasetSelection[] {
  const taken = new Map<string, DatasetSelection>();
  for (const selection of selections) if (selection.label !== undefined) taken.set(selection.label, selection);
  return selections.map((selection) => {
    if (selection.label !== undefined) return selection;
    const name = defaultLabel(selection);
    const others = selections.filter((other) => other !== selection && selectionLabel(other) === name);
    const suffix = others.length === 0 ? '' : difference(selection, others);
    const proposed = suffix === '' ? name : `${name}${name.includes('/') ? '-' : '/'}${suffix}`;
    const label = unlike(selection, proposed, taken);
    taken.set(label, selection);
    return { ...selection, label };
  });
}

/** Returns the proposed label, followed by a number if a different selection already has it. */
function unlike(selection: DatasetSelection, proposed: string, taken: ReadonlyMap<string, DatasetSelection>): string {
  let label = proposed;
  for (let number = 2; ; number++) {
    const other = taken.get(label);
    if (other === undefined || isAlike(selection, other)) return label;
    label = `${proposed}-${number}`;
  }
}

const isAlike = (a: DatasetSelection, b: DatasetSelection) =>
  canonicalJson({ ...a, label: undefined }) === canonicalJson({ ...b, label: undefined });

const defaults = datasetSelectionSchema.parse({ dataset: 'x' });

/** Describes the non-default values that distinguish a selection from others. */
function difference(selection: DatasetSelection, others: readonly DatasetSelection[]): string {
  const own = leaves({ ...selection, label: undefined });
  const usual = leaves({ ...defaults, dataset: undefined });
  const theirs = others.map((other) => leaves(other));
  return [...own]
    .filter(([field, value]) => value !== usual.get(field) && theirs.some((other) => other.get(field) !== value))
    .map(([field, value]) => inWords(field, value))
    .join('-');
}

/** The leaf values of a document, by path. */
function leaves(document: unknown, path = ''): Map<string, string> {
  if (document === undefined) return new Map();
  if (document === null || typeof document !== 'object' || Array.isArray(document))
    return new Map([[path, JSON.stringify(document)]]);
  return new Map(
    Object.entries(document).flatMap(([key, value]) => [...leaves(value, path === '' ? key : `${path}.${key}`)]),
  );
}

const words: Record<string, (value: string) => string> = {
  trainingImages: (count) => `${count}-images`,
  validationImages: (count) => `${count}-validation-images`,
  testImages: (count) => `${count}-test-images`,
  imageSize: (size) => `${size}-pixels`,
  fit: (fit) => fit,
  groupedSplits: () => 'grouped',
  allowIncomplete: () => 'incomplete',
};

const inWords = (field: string, value: string) =>
  slug(words[field]?.(value) ?? `${field.replace(/^(protocol|source)\./, '')}-${value}`);

/** Text converted to the characters that a label may contain. */
function slug(text: string): string {
  const letters = text
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return letters.replaceAll(/^-+|-+$/g, '');
}

/** Columns of a results table that describe a selection as a part of its dataset, so that its label need not be parsed. */
export interface SubsetColumns {
  /** Name of the whole dataset. */
  parentDataset: string;
  /** Number of classes; null for all. */
  classes: number | null;
  /** Number of the draw; null if the classes are named, or if all are used. */
  classDraw: number | null;
  /** For a control, the name of the subset that has as many images; else null. */
  controlFor: string | null;
}

export function subsetColumns(selection: DatasetSelection): SubsetColumns {
  const { dataset, classes, classDraw, controlFor } = selection;
  return {
    parentDataset: dataset,
    classes: (Array.isArray(classes) ? classes.length : classes) ?? null,
    classDraw: typeof classes === 'number' ? classDraw : null,
    controlFor: controlFor === undefined ? null : `${dataset}/${subsetName(controlFor)}`,
  };
}
