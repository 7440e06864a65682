import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../../lib/results/read-table.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const golden = fileURLToPath(new URL('golden/', import.meta.url));
const written = (await readdir(golden)).filter((name) => /[.](parquet|arrow|feather)$/.test(name));

describe('a table of another program', () => {
  test('is tested in every form that pandas and pyarrow give it', () => {
    expect(written).toHaveLength(11);
  });

  test.each(written)('is read from %s', async (name) => {
    const { columns, counted, rows } = await readTable(join(golden, name));
    expect(columns).toEqual(['model', 'imagenet', 'sketch', 'params', 'pretrained']);
    expect(counted).toBe('row');
    expect(rows).toEqual([
      { number: 1, cells: ['resnet', 76.1, 24.1, 25557032, 'true'] },
      { number: 2, cells: ['vgg', 71.6, 17.5, 138357544, 'false'] },
      { number: 3, cells: ['größer', null, 30.25, 11689512, 'true'] },
      { number: 4, cells: ['mobilenet', 70.5, 20, null, 'false'] },
    ]);
  });

  test('is read from CSV as text, with the numbers of its lines', async () => {
    const { counted, rows } = await readTable(join(golden, 'table.csv'));
    expect(counted).toBe('line');
    expect(rows[2]).toEqual({ number: 4, cells: ['größer', '', '30.25', '11689512', 'True'] });
  });
});

describe('a file that is not a table', () => {
  test.each(['parquet', 'arrow', 'feather'])('is refused by its name, %s', async (ending) => {
    const path = join(await temporaryFolder(), `table.${ending}`);
    await copyFile(join(golden, 'table.csv'), path);
    await expect(readTable(path)).rejects.toThrow(
      `${path} is not a${ending === 'parquet' ? ' Parquet' : 'n Arrow'} file`,
    );
  });

  test('is refused if it does not exist, or has no rows', async () => {
    const folder = await temporaryFolder();
    await expect(readTable(join(folder, 'none.csv'))).rejects.toThrow('none.csv: there is no such file');
    await expect(readTable(folder)).rejects.toThrow('it is a folder, not a file');
    await writeFile(join(folder, 'empty.csv'), '\n');
    await expect(readTable(join(folder, 'empty.csv'))).rejects.toThrow('it is empty');
  });
});

const others = fileURLToPath(new URL('other-writers/', import.meta.url));

describe('a table of polars or pyarrow', () => {
  test.each(['polars.arrow', 'polars-plain.arrow', 'polars.parquet'])(
    'with categories, ids of 64 bits and an infinite number is read from %s',
    async (name) => {
      const { columns, rows } = await readTable(join(others, name));
      expect(columns).toEqual(['model', 'id', 'val', 'n']);
      expect(rows.map(({ cells }) => cells)).toEqual([
        ['resnet', '9223372036854775809', 0.5, 1],
        ['vgg', 2, null, 2],
        ['resnet', 3, 'Infinity', 3],
      ]);
    },
  );

  test('with thousands of compressed rows is read as it was written', async () => {
    const { rows } = await readTable(join(others, 'polars-many.arrow'));
    expect(rows).toHaveLength(3000);
    rows.forEach(({ cells }, index) => expect(cells).toEqual([`m${index}`, index / 3000]));
  });

  test('with lists and maps of 64-bit integers has them as text', async () => {
    const { rows } = await readTable(join(others, 'nested.parquet'));
    expect(rows[0]!.cells).toEqual(['a', '["1","1152921504606846976"]', '{"k":"1"}']);
  });

  test('with two columns of one name is refused', async () => {
    await expect(readTable(join(others, 'repeated.parquet'))).rejects.toThrow('column x appears twice');
  });
});

describe('a table of text', () => {
  const read = async (content: string | Buffer, name = 'table.csv') => {
    const path = join(await temporaryFolder(), name);
    await writeFile(path, content);
    return readTable(path);
  };

  test('may be separated by semicolons, with decimal commas', async () => {
    const { columns, rows } = await read('model;val;params\na;76,1;1.013,5\nb, c;71,6;25\n');
    expect(columns).toEqual(['model', 'val', 'params']);
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['a', '76.1', '1013.5'],
      ['b, c', '71.6', '25'],
    ]);
  });

  test('may be separated by tabs, and be UTF-16 or Windows-1252', async () => {
    const text = 'model\tval\ngrößer\t76.1\n';
    for (const content of [Buffer.from(text), Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from(text, 'latin1')])
      expect((await read(content, 'table.tsv')).rows[0]!.cells).toEqual(['größer', '76.1']);
  });

  test.each([
    ['PK\u0003\u0004rest', 'it is an Excel workbook or another ZIP archive, whose sheet must be saved as CSV'],
    ['\u001f\u008b rest', 'it is compressed by gzip'],
    ['<html>', 'it is an HTML or XML document'],
    ['model\0val', 'it is not text'],
  ])('is refused for what it is: %j', async (content, problem) => {
    await expect(read(Buffer.from(content, 'latin1'))).rejects.toThrow(problem);
  });
});
