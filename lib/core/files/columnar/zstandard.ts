import { Decompress } from 'fzstd';
import { checkPart } from './columns.ts';

/**
 * Decompresses Zstandard frames into new memory, so that numbers are aligned.
 * @throws any error if they are damaged, or larger than `largestPart` after decompression
 */
export function decompressZstandard(bytes: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((chunk) => {
    checkPart((length += chunk.length));
    chunks.push(chunk);
  });
  stream.push(bytes, true);
  const content = new Uint8Array(length);
  let start = 0;
  for (const chunk of chunks) {
    content.set(chunk, start);
    start += chunk.length;
  }
  return content;
}
