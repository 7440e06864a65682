import { isUtf8 } from 'node:buffer';

/** Characters of Windows-1252 at 0x80 to 0x9f, where Latin-1 has control characters; the five unassigned bytes stay as they are. */
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Decodes bytes that may be in an old encoding: as UTF-8 if they are valid UTF-8, else as Windows-1252, which extends Latin-1. */
export function decodeBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString('utf8');
  return buffer
    .toString('latin1')
    .replaceAll(/[\u0080-\u009f]/g, (character) => windows1252[character.charCodeAt(0) - 0x80]!);
}

/**
 * Decodes a text file as UTF-8 or UTF-16 by its byte order mark, which is removed; without one, as `decodeBytes` does. Spreadsheet programs
 * write all of these.
 */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return buffer.subarray(2).toString('utf16le');
  if (buffer[0] === 0xfe && buffer[1] === 0xff) {
    const even = Buffer.from(buffer.subarray(2, buffer.length - (buffer.length % 2)));
    return even.swap16().toString('utf16le');
  }
  const text = decodeBytes(bytes);
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
