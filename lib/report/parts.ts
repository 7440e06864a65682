import type { ComparedDataset } from '../analysis/index.ts';
import { counted } from './words/numbers.ts';
import type { PageData } from './page-data.ts';

/** Whether a dataset is a part of the reference: with fewer classes, or fewer images. */
export const isPart = ({ role }: Pick<ComparedDataset, 'role'>): boolean => role === 'subset' || role === 'control';

/** Datasets that a figure or table is of: those that stand for themselves, or the parts of the reference, which may be many. */
export interface Scope {
  isOfParts: boolean;
  has: (dataset: string) => boolean;
}

/** The one scope of the data, or both where the reference has parts. */
export function scopesOf({ datasets }: Pick<PageData, 'datasets'>): Scope[] {
  return [false, true]
    .map((isOfParts) => {
      const names = new Set(datasets.filter((facts) => isPart(facts) === isOfParts).map(({ dataset }) => dataset));
      return { isOfParts, has: (dataset: string) => names.has(dataset), size: names.size };
    })
    .filter(({ size }) => size > 0);
}

/** E.g. "9 parts of imagenet, with fewer classes or fewer images". */
export function partsInWords({ datasets, reference }: Pick<PageData, 'datasets' | 'reference'>): string {
  const has = (role: ComparedDataset['role']) => datasets.some((facts) => facts.role === role);
  const kinds = [...(has('subset') ? ['fewer classes'] : []), ...(has('control') ? ['fewer images'] : [])];
  return `${counted(datasets.filter(isPart).length, 'part')} of ${reference} with ${kinds.join(' or ')}`;
}
