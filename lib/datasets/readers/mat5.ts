import { inflateSync } from 'node:zlib';
import { DatasetError } from '../dataset-error.ts';

/** A value of a MATLAB file: numbers in column order, text, or the elements of a structure array by field. */
export type MatValue = { numbers: number[] } | { text: string } | { elements: Record<string, MatValue>[] };

/** Types of data elements that are not numbers (MAT-File Format, MathWorks, table 1-1). */
const types = { uint8: 2, matrix: 14, compressed: 15, utf8: 16 } as const;

/** Bytes per number, and a function that reads one, by the type of its element. */
const numberTypes: Partial<Record<number, { bytes: number; read: (data: Buffer, offset: number) => number }>> = {
  1: { bytes: 1, read: (data, offset) => data.readInt8(offset) },
  2: { bytes: 1, read: (data, offset) => data.readUInt8(offset) },
  3: { bytes: 2, read: (data, offset) => data.readInt16LE(offset) },
  4: { bytes: 2, read: (data, offset) => data.readUInt16LE(offset) },
  5: { bytes: 4, read: (data, offset) => data.readInt32LE(offset) },
  6: { bytes: 4, read: (data, offset) => data.readUInt32LE(offset) },
  7: { bytes: 4, read: (data, offset) => data.readFloatLE(offset) },
  9: { bytes: 8, read: (data, offset) => data.readDoubleLE(offset) },
  12: { bytes: 8, read: (data, offset) => Number(data.readBigInt64LE(offset)) },
  13: { bytes: 8, read: (data, offset) => Number(data.readBigUInt64LE(offset)) },
};

/** Classes of arrays (table 1-3): 6 to 15 are numeric. */
const classes = { struct: 2, char: 4, double: 6, uint64: 15 } as const;

const headerBytes = 128;
const mostBytes = 64 * 2 ** 20;
const deepest = 8;

/**
 * Reads the variables of a MATLAB 5 file (MAT-File Format, MathWorks: little-endian, as `save` has written since 1996): arrays of
 * numbers, text and structures of these.
 * @param name name of the file, for errors
 * @throws DatasetError if the file is damaged or has unsupported content
 */
export function readMat5(bytes: Buffer, name: string): Map<string, MatValue> {
  if (bytes.length < headerBytes || bytes.toString('latin1', 124, 128) !== '\x00\x01IM')
    throw new DatasetError(`${name} must be a MATLAB 5 file (little-endian)`);
  const variables = new Map<string, MatValue>();
  try {
    for (const element of elementsOf(bytes.subarray(headerBytes))) {
      const inner =
        element.type === types.compressed
          ? [...elementsOf(inflateSync(element.data, { maxOutputLength: mostBytes }))]
          : [element];
      for (const { data } of inner.filter(({ type }) => type === types.matrix)) {
        const [variable, value] = matrix(data, 0);
        variables.set(variable, value);
      }
    }
  } catch (error) {
    if (error instanceof RangeError || (error as NodeJS.ErrnoException).code?.startsWith('Z_'))
      throw new DatasetError(`${name} is damaged or has unsupported content: ${(error as Error).message}`);
    throw error;
  }
  return variables;
}

interface Element {
  type: number;
  data: Buffer;
}

/** Yields the data elements in a range of bytes. */
function* elementsOf(bytes: Buffer): Generator<Element, undefined> {
  for (let start = 0; start + 8 <= bytes.length;) {
    const first = bytes.readUInt32LE(start);
    // A small element has its size in the upper half of the first word, and its data in the second word.
    const isSmall = first >>> 16 !== 0;
    const type = isSmall ? first & 0xffff : first;
    const size = isSmall ? first >>> 16 : bytes.readUInt32LE(start + 4);
    const dataStart = start + (isSmall ? 4 : 8);
    if (dataStart + size > bytes.length) throw new RangeError('an element is truncated');
    yield { type, data: bytes.subarray(dataStart, dataStart + size) };
    if (isSmall) start += 8;
    else start = dataStart + (type === types.compressed ? size : Math.ceil(size / 8) * 8);
  }
}

function matrix(bytes: Buffer, depth: number): [name: string, value: MatValue] {
  if (bytes.length === 0) return ['', { numbers: [] }];
  if (depth > deepest) throw new RangeError(`structures are nested more than ${deepest} deep`);
  const elements: Iterator<Element, undefined> = elementsOf(bytes);
  const next = (): Element => {
    const result = elements.next();
    if (result.done) throw new RangeError('an array is truncated');
    return result.value;
  };
  const arrayClass = numbers(next())[0]! & 0xff;
  const size = numbers(next()).reduce((product, dimension) => product * dimension, 1);
  const name = next().data.toString('latin1');
  if (arrayClass === classes.struct) {
    const nameBytes = numbers(next())[0]!;
    if (!(nameBytes > 0)) throw new RangeError('the names of fields must have a length');
    const names = next().data;
    const fields = Array.from({ length: Math.floor(names.length / nameBytes) }, (_, i) =>
      names.toString('latin1', i * nameBytes, (i + 1) * nameBytes).replace(/\0.*$/s, ''),
    );
    const values: Record<string, MatValue>[] = [];
    for (let i = 0; i < size && fields.length > 0; i++)
      values.push(Object.fromEntries(fields.map((field) => [field, matrix(next().data, depth + 1)[1]])));
    return [name, { elements: values }];
  }
  // An empty array in a structure may have no data at all.
  const data = size === 0 ? { type: types.uint8, data: Buffer.alloc(0) } : next();
  if (arrayClass === classes.char) return [name, { text: text(data) }];
  if (arrayClass >= classes.double && arrayClass <= classes.uint64) return [name, { numbers: numbers(data) }];
  throw new RangeError(`an array of class ${arrayClass}`);
}

function numbers({ type, data }: Element): number[] {
  const format = numberTypes[type];
  if (format === undefined) throw new RangeError(`numbers of kind ${type}`);
  return Array.from({ length: Math.floor(data.length / format.bytes) }, (_, i) => format.read(data, i * format.bytes));
}

/** Decodes characters: UTF-8, or UTF-16 under one of two types. */
function text({ type, data }: Element): string {
  return type === types.utf8 || type === types.uint8 ? data.toString('utf8') : data.toString('utf16le');
}
