import { parseJson } from '../../core/json.ts';
import { printable } from '../../core/printable.ts';
import type { RecordedEpoch } from '../metrics.ts';

/** The content of a line of metrics.jsonl. */
export interface MetricsLine {
  /** The epoch's numbers that the line contains. */
  epoch: RecordedEpoch;
  /** The latest training loss; undefined if the line has none. */
  loss: number | undefined;
  /** Epochs of the whole training; undefined if the line does not say. */
  epochs: number | undefined;
  /** Progress within the epoch; undefined for a line about a whole epoch. */
  within: { step: number; stepsPerEpoch: number } | undefined;
}

/** Maximum number of further metrics kept for an epoch, and maximum length of their names. */
const most = { metrics: 64, nameLength: 100 };

const isPositiveInteger = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
const isFraction = (value: number) => value >= 0 && value <= 1;

/** The fields of a line that have a meaning, with the numbers they may have. */
const known: Record<string, (value: number) => boolean> = {
  epoch: isPositiveInteger,
  epochs: isPositiveInteger,
  step: isPositiveInteger,
  stepsPerEpoch: isPositiveInteger,
  loss: () => true,
  trainingLoss: () => true,
  learningRate: (value) => value >= 0,
  validationLoss: () => true,
  validationTop1Error: isFraction,
  imagesPerSecond: (value) => value > 0,
};

/**
 * Parses a line of metrics.jsonl, a JSON object. Python writes NaN and Infinity, which JSON does not have: they count as missing, like
 * anything that is not a number.
 * @param onNote called with the problem of each invalid field, which is then ignored
 * @throws SyntaxError saying what is wrong with the line as a whole
 */
export function parseMetricsLine(text: string, onNote: (note: string) => void): MetricsLine {
  const document = parseJson(withoutNaN(text));
  if (document === null || typeof document !== 'object' || Array.isArray(document))
    throw new SyntaxError('it is not a JSON object');
  const numbers = new Map<string, number>();
  const metrics: Record<string, number> = {};
  for (const [name, value] of Object.entries(document)) {
    const isKnown = Object.hasOwn(known, name);
    if (isKnown && value !== null && !(Number.isFinite(value) && known[name]!(value as number)))
      onNote(
        `${name} must be ${forms[name] ?? 'a positive integer'}, got ${printable(JSON.stringify(value)).slice(0, 100)}`,
      );
    else if (isKnown && value !== null) numbers.set(name, value as number);
    else if (!isKnown && Number.isFinite(value) && name.length <= most.nameLength)
      metrics[printable(name)] = value as number;
  }
  const epoch = numbers.get('epoch');
  if (epoch === undefined) throw new SyntaxError('it has no epoch, an integer from 1');
  const [step, stepsPerEpoch] = [numbers.get('step'), numbers.get('stepsPerEpoch')];
  const kept = Object.entries(metrics).slice(0, most.metrics);
  return {
    epoch: {
      epoch,
      learningRate: numbers.get('learningRate') ?? null,
      trainingLoss: numbers.get('trainingLoss') ?? numbers.get('loss') ?? null,
      validationLoss: numbers.get('validationLoss') ?? null,
      validationTop1Error: numbers.get('validationTop1Error') ?? null,
      imagesPerSecond: numbers.get('imagesPerSecond') ?? null,
      ...(kept.length > 0 && { metrics: Object.fromEntries(kept) }),
    },
    loss: numbers.get('loss') ?? numbers.get('trainingLoss'),
    epochs: numbers.get('epochs'),
    within: step === undefined ? undefined : { step, stepsPerEpoch: Math.max(step, stepsPerEpoch ?? step) },
  };
}

const forms: Record<string, string> = {
  loss: 'a number',
  trainingLoss: 'a number',
  learningRate: 'a number of at least 0',
  validationLoss: 'a number',
  validationTop1Error: 'a number between 0 and 1',
  imagesPerSecond: 'a positive number',
};

/** Replaces each NaN, Infinity and -Infinity outside strings by null. */
const withoutNaN = (text: string): string =>
  /NaN|Infinity/.test(text)
    ? text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) => (part.startsWith('"') ? part : 'null'))
    : text;

/** Formats what is known of an epoch as a line. */
export const formatEpoch = ({ metrics, ...epoch }: RecordedEpoch): string => JSON.stringify({ ...metrics, ...epoch });
