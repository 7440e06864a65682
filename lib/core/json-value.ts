import { z } from 'zod';

/** Any JSON value. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** Nesting allowed in a value for a user's program: far more than settings need, and safe for recursive readers in any language. */
const deepest = 50;

/**
 * Returns a schema for any JSON value, for documents that only the user's own program understands.
 * @param mostCharacters limit on the length of its JSON text, so that it fits into the documents that contain it
 */
export const jsonValueSchema = (mostCharacters: number) =>
  z
    .unknown()
    .superRefine((value, context) => {
      const problem = problemOf(value, [], deepest);
      // No further checks: in a union with another schema, the value may match that one.
      if (problem !== undefined) context.addIssue({ code: 'custom', ...problem, continue: false });
      else if (JSON.stringify(value).length > mostCharacters)
        context.addIssue({
          code: 'custom',
          message: `must be at most ${mostCharacters} characters of JSON, got ${JSON.stringify(value).length}`,
        });
    })
    .transform((value) => value as JsonValue);

interface Problem {
  path: PropertyKey[];
  message: string;
}

/** Finds the first part of a value that JSON cannot represent, or would not return unchanged. */
function problemOf(value: unknown, path: PropertyKey[], levels: number): Problem | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return undefined;
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : { path, message: `must be a finite number, got ${value}` };
  if (value === undefined) return { path, message: 'is missing: it must be a JSON value' };
  if (typeof value !== 'object') return { path, message: `must be a JSON value, got ${typeof value}` };
  if (levels === 0) return { path, message: `must be nested at most ${deepest} deep` };
  const members: [PropertyKey, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null)
    return { path, message: 'must be a JSON value, got an object of a class' };
  for (const [key, member] of members) {
    if (key === '__proto__') return { path, message: 'must not have "__proto__", a reserved name' };
    const problem = problemOf(member, [...path, key], levels - 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
