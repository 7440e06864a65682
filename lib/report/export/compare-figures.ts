/** How far two documents of figures agree. */
export interface FigureComparison {
  /** Numbers compared. */
  figures: number;
  /** Of these, equal to the last bit. */
  equal: number;
  /** Largest difference of two numbers, relative to the larger one where that is above 1. */
  largestDifference: number;
  /** What differs by more than `tolerance`, or is there once only. */
  problems: string[];
}

/** Above what differs between versions of JavaScript engines, below what any report shows. */
export const tolerance = 1e-9;

/** Compares what is stored with what was computed again, number by number; maps as lists of their entries. */
export function compareFigures(stored: unknown, computed: unknown): FigureComparison {
  const found: FigureComparison = { figures: 0, equal: 0, largestDifference: 0, problems: [] };
  compare(stored, computed, '', found);
  return found;
}

function compare(stored: unknown, computed: unknown, path: string, found: FigureComparison): void {
  if (typeof stored === 'number' && typeof computed === 'number') {
    found.figures++;
    if (Object.is(stored, computed) || stored === computed) {
      found.equal++;
      return;
    }
    const difference = Math.abs(stored - computed) / Math.max(1, Math.abs(stored), Math.abs(computed));
    found.largestDifference = Math.max(found.largestDifference, difference);
    if (!(difference <= tolerance)) found.problems.push(`${path} is ${stored} and comes out as ${computed}`);
    return;
  }
  const [a, b] = [members(stored), members(computed)];
  if (a === undefined || b === undefined) {
    if (stored !== computed)
      found.problems.push(`${path} is ${JSON.stringify(stored)} and comes out as ${JSON.stringify(computed)}`);
    return;
  }
  for (const key of new Set([...a.keys(), ...b.keys()]))
    compare(
      a.get(key),
      b.get(key),
      path === '' ? key : /^\d+$/.test(key) ? `${path}[${key}]` : `${path}.${key}`,
      found,
    );
}

/** What an object, a list or a map holds, by name; undefined for what is none. */
function members(value: unknown): Map<string, unknown> | undefined {
  if (value instanceof Map) return new Map([...(value as Map<string, unknown>)]);
  if (value === null || typeof value !== 'object') return undefined;
  return new Map(Object.entries(value));
}
