/** What distinguishes TIFF files of the same values. */
export interface TiffFields {
  format?: 'uint' | 'int' | 'float';
  bits?: 8 | 16 | 32 | 64;
  channels?: number;
  /** 0: grey, zero is white; 1: grey, zero is black; 2: RGB. */
  photometric?: number;
  bigEndian?: boolean;
  /** BigTIFF: offsets of 64 bits. */
  big?: boolean;
}

const side = 16;
const formats = { uint: 1, int: 2, float: 3 } as const;
const shortType = 3;
const longType = 4;

/** An uncompressed TIFF file (TIFF 6.0) of 16 x 16 pixels whose values count up from 0; integers of more bits are shifted up. */
export function tiffOf({
  format = 'uint',
  bits = 8,
  channels = 3,
  photometric = channels === 1 ? 1 : 2,
  bigEndian = false,
  big = false,
}: TiffFields): Buffer {
  const values = side * side * channels;
  const pixels = Buffer.alloc((values * bits) / 8);
  for (let i = 0; i < values; i++) {
    const bytes = pixels.subarray((i * bits) / 8, ((i + 1) * bits) / 8);
    const value = i % 256;
    if (format === 'float') {
      if (bits === 32 && bigEndian) bytes.writeFloatBE(value / 255);
      else if (bits === 32) bytes.writeFloatLE(value / 255);
    } else bytes[bigEndian ? 0 : bytes.length - 1] = format === 'int' ? value % 128 : value;
  }
  const sample = (value: number) => Array<number>(channels).fill(value);
  const entries: [tag: number, type: number, values: number[]][] = [
    [256, longType, [side]],
    [257, longType, [side]],
    [258, shortType, sample(bits)],
    [259, shortType, [1]],
    [262, shortType, [photometric]],
    [273, longType, [0]],
    [277, shortType, [channels]],
    [278, longType, [side]],
    [279, longType, [pixels.length]],
    [339, shortType, sample(formats[format])],
  ];
  const word = big ? 8 : 4;
  const headerBytes = big ? 16 : 8;
  const directoryBytes = (big ? 8 : 2) + entries.length * (4 + 2 * word) + word;
  const longLists = entries.filter(([, type, list]) => list.length * (type === shortType ? 2 : 4) > word);
  const listBytes = longLists.reduce((sum, [, type, list]) => sum + list.length * (type === shortType ? 2 : 4), 0);
  const pixelsAt = headerBytes + directoryBytes + listBytes;
  entries.find(([tag]) => tag === 273)![2] = [pixelsAt];
  const file = Buffer.alloc(pixelsAt);
  const put = (at: number, bytes: number, value: number) => {
    if (bytes === 8) {
      put(at + (bigEndian ? 4 : 0), 4, value);
      put(at + (bigEndian ? 0 : 4), 4, 0);
    } else if (bigEndian) file.writeUIntBE(value, at, bytes);
    else file.writeUIntLE(value, at, bytes);
  };
  file.write(bigEndian ? 'MM' : 'II');
  put(2, 2, big ? 43 : 42);
  if (big) put(4, 2, 8);
  put(big ? 8 : 4, word, headerBytes);
  put(headerBytes, big ? 8 : 2, entries.length);
  let at = headerBytes + (big ? 8 : 2);
  let listAt = headerBytes + directoryBytes;
  for (const [tag, type, list] of entries) {
    const bytes = type === shortType ? 2 : 4;
    put(at, 2, tag);
    put(at + 2, 2, type);
    put(at + 4, word, list.length);
    const isLong = list.length * bytes > word;
    if (isLong) put(at + 4 + word, word, listAt);
    list.forEach((value, i) => put((isLong ? listAt : at + 4 + word) + i * bytes, bytes, value));
    if (isLong) listAt += list.length * bytes;
    at += 4 + 2 * word;
  }
  return Buffer.concat([file, pixels]);
}
