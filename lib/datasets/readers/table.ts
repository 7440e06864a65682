import type { FileTree } from '../archives/file-tree.ts';
import { printable } from '../../core/printable.ts';
import { hasUnsafeCharacters, safePath } from '../archives/member-path.ts';
import { DatasetError } from '../dataset-error.ts';
import { decodeText } from '../../core/files/decode-text.ts';
import { parseCsv, type CsvRecord } from '../../core/files/csv.ts';
import { givenSplits, type DatasetSource } from '../source.ts';
import { FileFinder } from './file-finder.ts';
import { splitOfWord } from './folder-words.ts';
import { ImageCollector } from './image-collector.ts';
import { missingImages } from './missing-images.ts';

/** The meaning of the columns of a table of labels. */
export interface TableColumns {
  /** Path of an image relative to the table's folder, or only its file name if that is unique; the extension may be omitted. */
  imageColumn: string;
  /** Class of the image. */
  labelColumn: string;
  /** Split: `train`, `val` or `test`. */
  splitColumn?: string | undefined;
  /** Group of the image. */
  groupColumn?: string | undefined;
}

interface Row {
  image: string;
  label: string;
  split: number;
  group: string | undefined;
}

/**
 * Reads a table of labels (CSV, or separated by tabs or semicolons) and the images that it lists.
 * Classes are numbered in the order of their names.
 * @param table row of the table's file in the tree
 * @throws DatasetError naming the line and column of a wrong cell, ConfigError if the text is not CSV
 */
export async function readTable(tree: FileTree, table: number, columns: TableColumns): Promise<DatasetSource> {
  const path = tree.paths[table]!;
  const name = printable(path.slice(path.lastIndexOf('/') + 1));
  const text = decodeText(await tree.read(table)).normalize('NFC');
  const { header, records } = parseCsv(text, name, delimiterOf(text));
  const parse = rowParser(header, columns, name);
  const finder = new FileFinder(tree, path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  const collector = new ImageCollector(tree);
  const rows = new Map<string, Row>();
  for (const record of records) {
    const row = parse(record);
    const { image, label } = row;
    const before = rows.get(image);
    if (before !== undefined && before.label !== label)
      throw new DatasetError(
        `${name}, line ${record.line}: ${printable(image)} must have one label, got ${printable(label)} after ${printable(before.label)}`,
      );
    if (label === '') collector.leaveOut(`rows of ${name} without a label`);
    else if (before !== undefined) collector.leaveOut(`images that ${name} lists more than once`);
    else rows.set(image, row);
  }
  const classes = [...new Set(Array.from(rows.values(), ({ label }) => label))].sort();
  if (classes.length < 2)
    throw new DatasetError(
      `${name} must have at least two different labels in column ${columns.labelColumn}, got ${classes.length}`,
    );
  const labels = new Map(classes.map((label, index) => [label, index]));
  const lost: string[] = [];
  const taken = new Map<number, string>();
  for (const { image, label, split, group } of rows.values()) {
    const file = finder.find(image, name);
    if (file === undefined) lost.push(image);
    else if (taken.has(file)) {
      // The same file spelled differently, e.g. with and without its folder.
      const before = taken.get(file)!;
      if (before !== label)
        throw new DatasetError(
          `${name}: ${printable(tree.paths[file]!)} must have one label, got ${printable(label)} as ${printable(image)} and ${printable(before)} under another spelling`,
        );
      collector.leaveOut(`images that ${name} lists more than once`);
    } else {
      taken.set(file, label);
      collector.add({ row: file, id: image, label: labels.get(label)!, split, ...(group !== undefined && { group }) });
    }
  }
  const unlisted = finder.images - taken.size;
  if (unlisted > 0) collector.leaveOut(`images that ${name} does not list`, unlisted);
  return collector.source(classes, { missing: missingImages(lost, name, (image) => finder.similar(image)) });
}

/** Returns the delimiter of a table's cells, judging by its first line. */
function delimiterOf(text: string): string {
  const [header = ''] = text.split(/\r|\n/, 1);
  return [',', '\t', ';'].find((delimiter) => header.includes(delimiter)) ?? ',';
}

/** Returns a function that converts records to rows; throws if a column is missing. */
function rowParser(header: readonly string[], columns: TableColumns, table: string): (record: CsvRecord) => Row {
  const position = (column: string | undefined) => {
    if (column === undefined) return undefined;
    const found = header.indexOf(column);
    if (found < 0)
      throw new DatasetError(
        `${table} must have a column ${column}, got ${header.map((title) => printable(title)).join(', ')}`,
      );
    return found;
  };
  const image = position(columns.imageColumn)!;
  const label = position(columns.labelColumn)!;
  const split = position(columns.splitColumn);
  const group = position(columns.groupColumn);
  return ({ line, cells }) => {
    const path = safePath((cells[image] ?? '').replaceAll('\\', '/'));
    const fail = (column: string, rule: string, value: string | undefined): never => {
      throw new DatasetError(`${table}, line ${line}: ${column} must ${rule}, got ${JSON.stringify(value ?? '')}`);
    };
    if (path === undefined) return fail(columns.imageColumn, "be a path below the table's folder", cells[image]);
    const className = cells[label] ?? '';
    if (hasUnsafeCharacters(className)) return fail(columns.labelColumn, 'have no control characters', className);
    const splitValue = split === undefined ? givenSplits.undivided : splitOfWord(cells[split] ?? '');
    if (splitValue === undefined) return fail(columns.splitColumn!, 'be train, val or test', cells[split!]);
    return {
      image: path,
      label: className,
      split: splitValue,
      group: group === undefined ? undefined : cells[group] || `\0${line}`,
    };
  };
}
