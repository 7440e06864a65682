import { xxHash32 } from './xxhash32.ts';

/*
 * LZ4 frames as in Arrow files (github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md). Existing packages either skip
 * the checksums that may follow each block, or cannot read blocks that refer to earlier ones, which pyarrow writes.
 */

const magic = 0x184d2204;
const [hasBlockChecksums, hasContentSize, hasContentChecksum, hasDictionary] = [0x10, 0x08, 0x04, 0x01];

/**
 * Decompresses an LZ4 frame.
 * @param longest bytes that the content may have
 * @throws Error if the frame is damaged, has more bytes than that, or needs a dictionary
 */
export function decompressLz4Frame(bytes: Uint8Array, longest = 2 ** 30): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 7 || view.getUint32(0, true) !== magic) throw new Error('it is not an LZ4 frame');
  const flags = view.getUint8(4);
  if (flags >>> 6 !== 1) throw new Error(`its LZ4 frame has the unknown version ${flags >>> 6}`);
  if ((flags & hasDictionary) !== 0) throw new Error('its LZ4 frame needs a dictionary');
  const headerEnd = 6 + (flags & hasContentSize ? 8 : 0);
  if (view.getUint8(headerEnd) !== ((xxHash32(bytes.subarray(4, headerEnd)) >>> 8) & 0xff))
    throw new Error('the header of its LZ4 frame is damaged');
  const size = flags & hasContentSize ? Number(view.getBigUint64(6, true)) : undefined;
  if (size !== undefined && size > longest)
    throw new Error(`its LZ4 frame must have at most ${longest} bytes, got ${size}`);

  const content = new Output(size ?? 4 * bytes.length, longest);
  let at = headerEnd + 1;
  for (;;) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const length = word & 0x7fffffff;
    if (at + length > bytes.length) throw new Error('its LZ4 frame ends too early');
    const block = bytes.subarray(at, at + length);
    at += length;
    if (flags & hasBlockChecksums) {
      if (view.getUint32(at, true) !== xxHash32(block)) throw new Error('a block of its LZ4 frame is damaged');
      at += 4;
    }
    if (word >>> 31 === 1) content.append(block, 0, length);
    else decompressBlock(block, content);
  }
  const result = content.written();
  if (size !== undefined && result.length !== size)
    throw new Error(`its LZ4 frame must have ${size} bytes, got ${result.length}`);
  if (flags & hasContentChecksum && view.getUint32(at, true) !== xxHash32(result))
    throw new Error('the content of its LZ4 frame is damaged');
  return result;
}

/**
 * Decompresses a block: sequences of literals, each followed by a match, which is an offset back into the output and a length of at least
 * 4.
 */
function decompressBlock(block: Uint8Array, output: Output): void {
  let at = 0;
  const next = () => {
    if (at >= block.length) throw new Error('a block of its LZ4 frame ends too early');
    return block[at++]!;
  };
  const lengthFrom = (start: number) => {
    let length = start;
    if (start === 15) for (let more = 255; more === 255;) length += more = next();
    return length;
  };
  while (at < block.length) {
    const token = next();
    const literals = lengthFrom(token >>> 4);
    if (at + literals > block.length) throw new Error('a block of its LZ4 frame ends too early');
    output.append(block, at, at + literals);
    at += literals;
    if (at === block.length) return;
    const offset = next() | (next() << 8);
    output.repeat(offset, lengthFrom(token & 15) + 4);
  }
}

/** A byte buffer that grows as it is written. */
class Output {
  #bytes: Uint8Array;
  #length = 0;
  readonly #longest: number;

  constructor(expected: number, longest: number) {
    this.#longest = longest;
    this.#bytes = new Uint8Array(Math.min(expected, longest));
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  /** Appends `length` bytes starting `offset` before the end; the two ranges may overlap. */
  repeat(offset: number, length: number): void {
    if (offset === 0 || offset > this.#length)
      throw new Error('a block of its LZ4 frame refers to bytes before its start');
    this.#reserve(length);
    for (let index = 0; index < length; index++, this.#length++)
      this.#bytes[this.#length] = this.#bytes[this.#length - offset]!;
  }

  written(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed > this.#longest) throw new Error(`its LZ4 frame must have at most ${this.#longest} bytes`);
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.min(this.#longest, Math.max(needed, 2 * this.#bytes.length)));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
