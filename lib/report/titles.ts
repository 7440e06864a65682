import type { Proxy } from '../analysis/index.ts';
import { inSentence } from './words/numbers.ts';
import type { PageData } from './page-data.ts';

/** What a parameter is called, e.g. "Total depth". */
export const titleOf = ({ parameters }: Pick<PageData, 'parameters'>, key: string): string =>
  parameters.find((parameter) => parameter.key === key)?.title ?? key;

/** The same within a sentence: "total depth". */
export const nameOf = (data: Pick<PageData, 'parameters'>, key: string): string => inSentence(titleOf(data, key));

/** What architectures are ranked by: the errors on a dataset, or their size, of which more is taken for better. */
export const sourceName = (
  data: Pick<PageData, 'parameters'>,
  { kind, name }: { kind: Proxy['kind']; name: string },
): string => (kind === 'size' ? `more ${nameOf(data, name)}` : name);
