import type { RandomStream } from '../../lib/core/random.ts';

const extremes = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** One kind of damage, accidental or deliberate. */
type Mutation = (bytes: Buffer, random: RandomStream) => Buffer;

const at = (bytes: Buffer, random: RandomStream) => random.integer(Math.max(1, bytes.length));

const mutations: Mutation[] = [
  function flipBits(bytes, random) {
    for (let flips = 1 + random.integer(8); flips > 0; flips--) bytes[at(bytes, random)]! ^= 1 << random.integer(8);
    return bytes;
  },
  function setExtremes(bytes, random) {
    if (bytes.length < 4) return bytes;
    const value = extremes[random.integer(extremes.length)]!;
    const position = random.integer(bytes.length - 3);
    if (random.integer(2) === 0) bytes.writeUInt32LE(value, position);
    else bytes.writeUInt32BE(value, position);
    return bytes;
  },
  // Headers are at the beginning and, in zip archives, also at the end.
  function damageHeader(bytes, random) {
    const position = Math.min(random.integer(128), Math.max(0, bytes.length - 1));
    bytes[random.integer(4) === 0 ? bytes.length - 1 - position : position] = random.integer(256);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, at(bytes, random)),
  function repeatPart(bytes, random) {
    const [start, end] = [at(bytes, random), at(bytes, random)].sort((a, b) => a - b) as [number, number];
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  function dropPart(bytes, random) {
    const start = at(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + random.integer(600))]);
  },
  function insertText(bytes, random) {
    const start = at(bytes, random);
    const text = random.integer(2) === 0 ? '["{\0,;=1e999' : '{"a":[[null,-1e999,"\\ud800",{}]],"__proto__":0},';
    return Buffer.concat([
      bytes.subarray(0, start),
      Buffer.from(text.repeat(1 + random.integer(40))),
      bytes.subarray(start),
    ]);
  },
  function fillPart(bytes, random) {
    const start = at(bytes, random);
    return bytes.fill(random.integer(256), start, Math.min(bytes.length, start + random.integer(600)));
  },
];

/** Returns a copy of a file with one to three kinds of damage. */
export function mutated(original: Buffer, random: RandomStream): Buffer {
  let bytes = Buffer.from(original);
  for (let count = 1 + random.integer(3); count > 0 && bytes.length > 0; count--)
    bytes = Buffer.from(mutations[random.integer(mutations.length)]!(bytes, random));
  return bytes;
}
