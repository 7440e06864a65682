import { ConfigError } from '../core/errors.ts';

/**
 * Returns a copy of a JSON document with assignments applied: `protocol.epochs=3`, `datasets[0].classes=5`, `name="x"`. The value is JSON,
 * or plain text if it is not valid JSON. Missing objects on the path are created; an array position must exist or be the next one.
 * @throws ConfigError that quotes the assignment
 */
export function applyOverrides(document: unknown, assignments: readonly string[]): unknown {
  const result: unknown = structuredClone(document);
  for (const assignment of assignments) assign(result, assignment);
  return result;
}

function assign(document: unknown, assignment: string): void {
  const refuse = (problem: string): never => {
    throw new ConfigError('--set is invalid', [`${JSON.stringify(assignment)} ${problem}`]);
  };
  const equals = assignment.indexOf('=');
  if (equals < 1) refuse('must have the form a.b=value');
  const keys = assignment
    .slice(0, equals)
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.');
  const last = keys.pop() as string;
  let node = document;
  const step = (key: string): Record<string, unknown> => {
    if (key === '' || key === '__proto__') refuse('names an empty or reserved field');
    if (node === null || typeof node !== 'object')
      refuse(`sets a member of a field that is not an object: ${JSON.stringify(node)}`);
    if (Array.isArray(node) && !(/^\d+$/.test(key) && Number(key) <= node.length))
      refuse(`must use a position from 0 to ${node.length}, got ${key}`);
    return node as Record<string, unknown>;
  };
  for (const key of keys) {
    const parent = step(key);
    parent[key] ??= {};
    node = parent[key];
  }
  step(last)[last] = parsed(assignment.slice(equals + 1));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
