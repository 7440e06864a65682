import { ArtifactError, ConfigError } from '../core/errors.ts';
import { UnreadableFile } from '../core/files/columnar/columns.ts';
import { readColumns } from '../core/files/columnar/read-columns.ts';
import { parseCsv } from '../core/files/csv.ts';
import { mostRanked, type Predictions } from './predictions.ts';

type Columns = ReadonlyMap<string, ArrayLike<unknown>>;

const names = ['index', 'label', 'probability', ...Array.from({ length: mostRanked }, (_, rank) => `top${rank + 1}`)];

/** Upper bounds of the bytes of a predictions file: for its head, and for each image as text, the longest form. */
const [headBytes, imageBytes] = [2 ** 20, 200];

/** Returns the largest allowed size of a predictions file, in bytes. */
export const mostPredictionsBytes = (images: number): number => headBytes + images * imageBytes;

/**
 * Reads predictions from a file: Parquet, or CSV with a header, with the columns that `predictionsFile` writes. Numbers may be of any type
 * that holds them; `top2` and later columns may be missing; other columns are ignored. The file may come from a user: `predictionProblems`
 * checks whether its values are possible and match the dataset.
 * @param images number of test images, which must be the number of rows
 * @throws ArtifactError naming file, column and row
 */
export async function readPredictions(bytes: Uint8Array, source: string, images: number): Promise<Predictions> {
  if (bytes.length > mostPredictionsBytes(images))
    throw refusal(source, [
      `it must be at most ${mostPredictionsBytes(images)} bytes for ${images} images, got ${bytes.length}`,
    ]);
  const isParquet = Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'PAR1';
  const columns = isParquet ? await parquetColumns(bytes, source, images) : csvColumns(bytes, source, images);
  for (const name of ['index', 'label', 'probability', 'top1'])
    if (!columns.has(name))
      throw refusal(source, [`column ${name} is missing (found ${[...columns.keys()].join(', ') || 'none'})`]);
  const numbers = (name: string, rule: string, isRight: (value: number, row: number) => boolean) =>
    numericColumn(columns.get(name)!, images, (row, value) => {
      if (!isRight(value, row))
        throw refusal(source, [`column ${name}, row ${row + 1}: it must be ${rule}, got ${shown(columns, name, row)}`]);
    });
  const isClass = (value: number) => Number.isInteger(value) && value >= 0 && value < 2 ** 31;
  numbers('index', 'the number of the row, from 0', (value, row) => value === row);
  const ranked: Int32Array[] = [];
  for (const name of names.slice(3)) {
    const column = columns.get(name);
    if (column === undefined || Array.from(column).every(isMissing)) break;
    ranked.push(Int32Array.from(numbers(name, 'a class from 0', isClass)));
  }
  return {
    labels: Int32Array.from(numbers('label', 'a class from 0', isClass)),
    probabilities: Float32Array.from(
      numbers('probability', 'a number from 0 to 1', (value) => value >= 0 && value <= 1),
    ),
    ranked,
  };
}

async function parquetColumns(bytes: Uint8Array, source: string, images: number): Promise<Columns> {
  try {
    const { names: found, rows, cells } = await readColumns('parquet', bytes, names);
    if (rows !== images) throw refusal(source, [`it must have ${images} rows, one a test image, got ${rows}`]);
    return new Map(found.map((name, place) => [name, cells[place]!]));
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw refusal(source, [`it is not a readable Parquet file: ${error.message}`]);
  }
}

function csvColumns(bytes: Uint8Array, source: string, images: number): Columns {
  try {
    const { header, records } = parseCsv(Buffer.from(bytes).toString(), source);
    if (records.length !== images)
      throw refusal(source, [`it must have ${images} rows, one a test image, got ${records.length}`]);
    return new Map(
      header.flatMap((name, place) =>
        names.includes(name) ? [[name, records.map(({ cells }) => cells[place])] as const] : [],
      ),
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw refusal(source, error.problems);
  }
}

/** Returns a column as numbers; NaN for other values. */
function numericColumn(
  column: ArrayLike<unknown>,
  length: number,
  check: (row: number, value: number) => void,
): Float64Array {
  return Float64Array.from({ length }, (_, row) => {
    const cell = column[row];
    const value = isMissing(cell) || typeof cell === 'object' || typeof cell === 'boolean' ? NaN : Number(cell);
    check(row, value);
    return value;
  });
}

const isMissing = (cell: unknown) => cell === null || cell === undefined || cell === '';

function shown(columns: Columns, name: string, row: number): string {
  const cell = columns.get(name)![row];
  if (isMissing(cell)) return 'nothing';
  return typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'bigint'
    ? String(cell).slice(0, 40)
    : 'no number';
}

const refusal = (source: string, problems: readonly string[]) =>
  new ArtifactError(`${source} is not a file of predictions`, problems);
