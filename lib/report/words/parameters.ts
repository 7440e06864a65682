import type { Proxy } from '../../analysis/index.ts';
import type { PageData } from '../page-data.ts';
import { shortTitleOf, titleOf } from '../page-data.ts';
import { capitalized, inSentence } from './numbers.ts';

/** What a parameter is called, e.g. "Total depth". */
export const parameterTitle = ({ parameters }: Pick<PageData, 'parameters'>, key: string): string =>
  key === 'flops' ? 'Multiply-adds' : (parameters.find((parameter) => parameter.key === key)?.title ?? key);

/** The same within a sentence: "total depth". */
export const parameterName = (data: Pick<PageData, 'parameters'>, key: string): string =>
  inSentence(parameterTitle(data, key));

/** What architectures are ranked by: the errors on a dataset, or their size, of which more is taken for better. */
export function sourceName(
  data: PageData,
  { kind, name, classes }: { kind: Proxy['kind']; name: string; classes?: number | null },
): string {
  if (kind === 'size') return comparative(data, name, 'more');
  const control = data.datasets.find((of) => of.role === 'control' && of.classes === classes);
  if (kind === 'control' && control !== undefined) return titleOf(data, control.dataset);
  if (kind === 'subset' && classes != null) return `${titleOf(data, data.reference)}, ${classes} classes`;
  return titleOf(data, name);
}

/** The same as a row of a table: "Errors on 5 classes", or "Larger mean width". */
export function sourceTitle(
  data: PageData,
  source: { kind: Proxy['kind']; name: string; classes?: number | null },
): string {
  const { kind, name, classes } = source;
  if (kind === 'size') return capitalized(sourceName(data, source).replace(/^a /, ''));
  const control = data.datasets.find((of) => of.role === 'control' && of.classes === classes);
  if (kind === 'control' && control !== undefined) return `Errors on ${shortTitleOf(data, control.dataset)}`;
  return `Errors on ${kind === 'subset' && classes != null ? `${classes} classes` : titleOf(data, name)}`;
}

const plural = new Set(['params', 'flops', 'acts']);

/** E.g. "a larger mean width", "more parameters", "a smaller total depth", "fewer activations". */
export function comparative(data: Pick<PageData, 'parameters'>, key: string, direction: 'more' | 'less'): string {
  const name = parameterName(data, key);
  if (plural.has(key)) return `${direction === 'more' ? 'more' : 'fewer'} ${name}`;
  return `a ${direction === 'more' ? 'larger' : 'smaller'} ${name}`;
}

/** What networks are ranked by, after "by": "errors on Fashion-MNIST", "the number of parameters", "mean width". */
export function rankedBy(
  data: PageData,
  source: { kind: Proxy['kind']; name: string; classes?: number | null },
): string {
  const { kind, name } = source;
  if (kind !== 'size') return `errors on ${sourceName(data, source)}`;
  return plural.has(name) ? `the number of ${parameterName(data, name)}` : parameterName(data, name);
}
