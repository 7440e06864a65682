import { printable } from '../archives/member-path.ts';

/**
 * A message about images that annotations list but that are missing, with a few of their names; empty if none is missing.
 * @param source what lists them, printable
 */
export function missingImages(lost: readonly string[], source: string): string[] {
  if (lost.length === 0) return [];
  const names = [...lost.slice(0, 3).map(printable), ...(lost.length > 3 ? ['...'] : [])].join(', ');
  const [images, are] = lost.length === 1 ? ['image', 'is'] : ['images', 'are'];
  return [`${lost.length.toLocaleString('en-US')} ${images} listed by ${source} ${are} missing: ${names}`];
}
