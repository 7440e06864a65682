import { printable } from '../archives/member-path.ts';

/**
 * What to say of images that annotations list and that are not there, with a few of their names; nothing where none is missing.
 * @param source what lists them, printable
 */
export function missingImages(lost: readonly string[], source: string): string[] {
  if (lost.length === 0) return [];
  const names = [...lost.slice(0, 3).map(printable), ...(lost.length > 3 ? ['...'] : [])].join(', ');
  const [images, are] = lost.length === 1 ? ['image', 'is'] : ['images', 'are'];
  return [`${lost.length.toLocaleString('en-US')} ${images} listed by ${source} ${are} missing: ${names}`];
}
