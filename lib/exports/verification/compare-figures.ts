/** The agreement of two documents of figures. */
export interface FigureComparison {
  /** Number of figures compared. */
  figures: number;
  /** Number of figures that are equal to the last bit. */
  equal: number;
  /** Largest difference of two numbers, relative to the larger one if that is above 1. */
  largestDifference: number;
  /** Members that differ by more than `tolerance`. */
  problems: string[];
  /** Members that only one of the documents has. */
  absent: string[];
}

/** Larger than differences between versions of JavaScript engines, smaller than anything a report shows. */
export const tolerance = 1e-9;

/** Compares stored figures with recomputed ones, number by number; undefined members are ignored. */
export function compareFigures(stored: unknown, computed: unknown): FigureComparison {
  const found: FigureComparison = { figures: 0, equal: 0, largestDifference: 0, problems: [], absent: [] };
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
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const member = path === '' ? key : /^\d+$/.test(key) ? `${path}[${key}]` : `${path}.${key}`;
    if (!b.has(key)) found.absent.push(`${member} is stored and does not follow from the records`);
    else if (!a.has(key)) found.absent.push(`${member} follows from the records and is not stored`);
    else compare(a.get(key), b.get(key), member, found);
  }
}

/** Returns the members of an object, a list or a map, by name; undefined for any other value. */
function members(value: unknown): Map<string, unknown> | undefined {
  if (value instanceof Map) return new Map([...(value as Map<string, unknown>)]);
  if (value === null || typeof value !== 'object') return undefined;
  return new Map(Object.entries(value).filter(([, member]) => member !== undefined));
}
