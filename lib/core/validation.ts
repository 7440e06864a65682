import type { z } from 'zod';
import { parseJson } from './json.ts';
import { ConfigError, type OperationalError } from './errors.ts';

type RawIssue = z.core.$ZodRawIssue;

/**
 * Says what would be valid, for checks that have no message. Passed to zod as the error map of a parse, so that schemas' messages take
 * precedence.
 */
function wording(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = issue.expected === 'int' ? 'integer' : issue.expected === 'record' ? 'object' : issue.expected;
      return `${issue.input === undefined ? 'is missing: it ' : ''}must be of type ${expected}`;
    }
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}${measureOf(issue.origin)}`;
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}${measureOf(issue.origin)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.format === 'regex' ? `must match ${issue.pattern}` : `must be of the form ${issue.format}`;
    case 'unrecognized_keys':
      return `must not have ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}: there is no such field`;
    case 'invalid_value':
      return `must be ${alternatives(issue.values)}`;
    case 'invalid_union':
      if ('options' in issue && Array.isArray(issue.options)) return `must be ${alternatives(issue.options)}`;
      return `must be of type ${[...new Set(issue.errors.flatMap(expectedTypes))].join(' or ')}`;
    case 'custom':
    case 'invalid_key':
    case 'invalid_element':
      return undefined;
  }
}

const expectedTypes = (issues: readonly z.core.$ZodIssue[]) =>
  issues.flatMap((issue) => (issue.code === 'invalid_type' && issue.path.length === 0 ? [issue.expected] : []));

const measureOf = (origin: string) => (origin === 'array' || origin === 'string' ? ' long' : '');

function alternatives(values: readonly unknown[]): string {
  const listed = values.map((value) => JSON.stringify(value)).join(', ');
  return values.length === 1 ? listed : `one of ${listed}`;
}

const shown = (value: unknown) => (typeof value === 'number' ? String(value) : JSON.stringify(value));

/** Makes the error of a `refine`: what would be valid, and what was given instead. */
export const rule = (text: string) => ({
  error: ({ input }: { input: unknown }) => `${text}, got ${shown(input)}`,
});

/** Whether a message already names the value, as messages of `superRefine` and `rule` do. */
const isWhole = ({ code }: z.core.$ZodIssue) => code === 'custom' || code === 'unrecognized_keys';

/** Returns an issue or, if it is from a union, the issues of the alternative of the right type that has the fewest unknown fields. */
function flattened(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [meant] = issue.errors
    .filter((issues) => issues.length > 0 && expectedTypes(issues).length === 0)
    .sort((a, b) => unknownFields(a) - unknownFields(b));
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => flattened({ ...inner, path: [...issue.path, ...inner.path] }));
}

const unknownFields = (issues: readonly z.core.$ZodIssue[]) =>
  issues.reduce((count, issue) => count + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);

/** Says what is wrong at a path of an input, and names the value. */
function problemOf(issue: z.core.$ZodIssue, input: unknown): string {
  const value = issue.path.reduce<unknown>(
    (node, key) => (node as Record<PropertyKey, unknown> | null | undefined)?.[key],
    input,
  );
  return value === undefined || isWhole(issue) ? issue.message : `${issue.message}, got ${shown(value)}`;
}

/** Formats a path, e.g. as `datasets[2].classes`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (field, key) =>
      typeof key === 'number' ? `${field}[${key}]` : field === '' ? String(key) : `${field}.${String(key)}`,
    '',
  );
}

/** Finds the problems of an input by a schema that is applied inside another one, worded as in `parseWith`. */
export function problemsOf(schema: z.ZodType, input: unknown): { path: PropertyKey[]; message: string }[] {
  const result = schema.safeParse(input, { error: wording });
  return (result.error?.issues ?? [])
    .flatMap(flattened)
    .map((issue) => ({ path: issue.path, message: problemOf(issue, input) }));
}

/**
 * Parses `input` by `schema`.
 * @param heading first line of the error's message: what is invalid
 * @throws ConfigError, or the given error class, with a line for each problem
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  heading: string,
  Failure: new (heading: string, problems: readonly string[]) => OperationalError = ConfigError,
): z.output<Schema> {
  const result = schema.safeParse(input, { error: wording });
  if (result.success) return result.data;
  const problems = result.error.issues
    .flatMap(flattened)
    .map((issue) => `${fieldName(issue.path) || '(the whole document)'} ${problemOf(issue, input)}`);
  throw new Failure(heading, problems);
}

/**
 * Parses JSON text by `schema`; throws like `parseWith`, also if the text is not JSON.
 * @param source name of the text in error messages, e.g. its file name
 */
export function parseJsonWith<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  source: string,
  Failure: new (heading: string, problems: readonly string[]) => OperationalError = ConfigError,
): z.output<Schema> {
  let document: unknown;
  try {
    document = parseJson(text);
  } catch (error) {
    throw new Failure(`${source} is not JSON`, [(error as Error).message]);
  }
  return parseWith(schema, document, `${source} is invalid`, Failure);
}
