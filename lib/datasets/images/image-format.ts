/** Supported formats, and the bytes that their files begin with. */
const signatures = [
  ['jpeg', '\xff\xd8\xff'],
  ['png', '\x89PNG\r\n\x1a\n'],
  ['gif', 'GIF8'],
  ['tiff', 'II*\0'],
  ['tiff', 'MM\0*'],
  // BigTIFF: the same with offsets of 64 bits.
  ['tiff', 'II+\0'],
  ['tiff', 'MM\0+'],
  ['bmp', 'BM'],
] as const;

export type ImageFormat = (typeof signatures)[number][0] | 'webp';

/** Returns the format of a file by its first bytes, not by its name; undefined if the format is not supported. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 12)).toString('latin1');
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'webp';
  return signatures.find(([, signature]) => head.startsWith(signature))?.[0];
}
