import { printable } from '../../core/printable.ts';

/**
 * A message about images that annotations list but that are missing, with a few of their names; empty if none is missing.
 * @param source what lists them, printable
 * @param similar an image with nearly the same name, if there is one
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
