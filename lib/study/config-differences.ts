/** Returns one line for each field in which two JSON documents differ, e.g. `protocol.epochs is 2 there and 3 here`. */
export function configDifferences(there: unknown, here: unknown): string[] {
  const before = leaves(there);
  const now = leaves(here);
  const fields = [...new Set([...before.keys(), ...now.keys()])].sort();
  return fields
    .filter((field) => before.get(field) !== now.get(field))
    .map((field) => `${field} is ${before.get(field) ?? 'absent'} there and ${now.get(field) ?? 'absent'} here`);
}

/** Returns the leaf values of a document, as JSON, keyed by their paths. */
export function leaves(document: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (document === undefined) return found;
  const members =
    document !== null && typeof document === 'object'
      ? Object.entries(document).map(
          ([key, value]) =>
            [
              Array.isArray(document) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`,
              value as unknown,
            ] as const,
        )
      : [];
  if (members.length === 0) found.set(path, JSON.stringify(document));
  for (const [field, value] of members) leaves(value, field, found);
  return found;
}
