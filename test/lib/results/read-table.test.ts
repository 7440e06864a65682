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

describe('a file that is no table', () => {
  test.each(['parquet', 'arrow', 'feather'])('is refused by its name, %s', async (ending) => {
    const path = join(await temporaryFolder(), `table.${ending}`);
    await copyFile(join(golden, 'table.csv'), path);
    await expect(readTable(path)).rejects.toThrow(
      `${path} is not a${ending === 'parquet' ? ' Parquet' : 'n Arrow'} file`,
    );
  });

  test('is refused where it does not exist, or has no rows', async () => {
    const folder = await temporaryFolder();
    await expect(readTable(join(folder, 'none.csv'))).rejects.toThrow('none.csv: there is no such file');
    await expect(readTable(folder)).rejects.toThrow('it is a folder, not a file');
    await writeFile(join(folder, 'empty.csv'), '\n');
    await expect(readTable(join(folder, 'empty.csv'))).rejects.toThrow('it is empty');
  });
});
