import { printable } from '../../core/printable.ts';

/**
 * Returns a message about missing images that annotations list, with a few of their names; empty if none is missing.
 * @param source printable name of what lists them
 * @param similar returns an image with nearly the same name, if there is one
 */
export function missingImages(
  lost: readonly string[],
  source: string,
  similar: (name: string) => string | undefined = () => undefined,
): string[] {
  if (lost.length === 0) return [];
  const shown = lost.slice(0, 3).map((name) => {
    const other = similar(name);
    return other === undefined ? printable(name) : `${printable(name)} (there is ${printable(other)})`;
  });
  const names = [...shown, ...(lost.length > 3 ? ['...'] : [])].join(', ');
  const [images, are] = lost.length === 1 ? ['image', 'is'] : ['images', 'are'];
  return [`${lost.length.toLocaleString('en-US')} ${images} listed by ${source} ${are} missing: ${names}`];
}
