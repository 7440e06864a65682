import { describe, expect, test } from 'vitest';
import { readTable, type TableColumns } from '../../../../lib/datasets/readers/table.ts';
import { zipOf, type Tree } from '../layouts/tree.ts';
import { imagesOf, openTree } from '../open-tree.ts';

const columns: TableColumns = { imageColumn: 'file', labelColumn: 'species' };
const birds: Tree = { 'images/1.jpg': '1', 'images/2.jpg': '22', 'images/more/3.jpg': '333' };

async function read(
  text: string,
  { tree = birds, options = {} }: { tree?: Tree; options?: Partial<TableColumns> } = {},
) {
  const files = await openTree({ ...tree, 'labels.csv': text });
  return readTable(files, files.paths.indexOf('labels.csv'), { ...columns, ...options });
}

async function summary(...args: Parameters<typeof read>): Promise<string[]> {
  const images = await imagesOf(await read(...args));
  return images.map(
    ({ id, className, split, content }) =>
      `${id} ${className} ${split} ${content.kind === 'file' ? content.bytes.toString() : ''}`,
  );
}

describe('a table of labels', () => {
  const expected = ['images/1.jpg jay 255 1', 'images/2.jpg owl 255 22', 'images/more/3.jpg jay 255 333'];
  const rows = [
    ['file', 'species'],
    ['images/2.jpg', 'owl'],
    ['images/1.jpg', 'jay'],
    ['images/more/3.jpg', 'jay'],
  ];

  test.each([
    ['commas', ',', '\n'],
    ['tabulators', '\t', '\r\n'],
    ['semicolons', ';', '\r'],
  ])('separated by %s gives its images in the order of their names', async (_, delimiter, end) => {
    expect(await summary(rows.map((row) => row.join(delimiter)).join(end))).toEqual(expected);
  });

  test('may name files without their extension, and without their folder if that is enough', async () => {
    expect(await summary('file,species\n1,jay\n2.jpg,owl\nmore/3,jay')).toEqual([
      '1 jay 255 1',
      '2.jpg owl 255 22',
      'more/3 jay 255 333',
    ]);
  });

  test('has its images in archives beside it', async () => {
    const tree = { 'images.zip': await zipOf({ '1.jpg': '1', 'more/3.jpg': '333' }) };
    expect(await summary('file,species\nimages/1.jpg,jay\nmore/3.jpg,owl', { tree })).toEqual([
      'images/1.jpg jay 255 1',
      'more/3.jpg owl 255 333',
    ]);
  });

  test('gives splits and groups if it has columns for them', async () => {
    const text =
      'file,species,fold,nest\nimages/1.jpg,jay,train,a\nimages/2.jpg,owl,Test,b\nimages/more/3.jpg,jay,training,a';
    const source = await read(text, { options: { splitColumn: 'fold', groupColumn: 'nest' } });
    expect([...source.images.splits]).toEqual([0, 2, 0]);
    const [first, second, third] = source.images.groups!;
    expect(third).toBe(first);
    expect(second).not.toBe(first);
  });

  test('puts an image of no group into one of its own', async () => {
    const text = 'file,species,nest\nimages/1.jpg,jay,\nimages/2.jpg,owl,\nimages/more/3.jpg,jay,a';
    expect(new Set((await read(text, { options: { groupColumn: 'nest' } })).images.groups).size).toBe(3);
  });

  test('reports missing images, images that it does not list, and rows without a label', async () => {
    const source = await read(
      'file,species\nimages/1.jpg,jay\nimages/9.jpg,owl\nimages/8.jpg,owl\nimages/2.jpg,\nimages/1.jpg,jay',
    );
    expect(source.classes).toEqual(['jay', 'owl']);
    expect(source.images.ids).toEqual(['images/1.jpg']);
    expect(source.missing).toEqual(['2 images listed by labels.csv are missing: images/9.jpg, images/8.jpg']);
    expect(source.leftOut).toEqual([
      { reason: 'rows of labels.csv without a label', images: 1 },
      { reason: 'images that labels.csv lists more than once', images: 1 },
      { reason: 'images that labels.csv does not list', images: 2 },
    ]);
  });

  test.each([
    ['Latin-1', (text: string) => Buffer.from(text, 'latin1')],
    ['UTF-16, as spreadsheets write it', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-8 with decomposed accents, as macOS writes it', (text: string) => Buffer.from(text.normalize('NFD'))],
  ])('in %s has the classes that it names', async (_encoding, encoded) => {
    const files = await openTree({
      ...birds,
      'labels.csv': encoded('file,species\nimages/1.jpg,küken\nimages/2.jpg,köken\nimages/more/3.jpg,küken'),
    });
    const source = await readTable(files, files.paths.indexOf('labels.csv'), columns);
    expect(source.classes).toEqual(['köken', 'küken']);
    expect([...source.images.labels]).toEqual([1, 0, 1]);
  });

  test('finds files whose extension differs in case, and names files similar to missing ones', async () => {
    const tree = { 'IMG_1.JPG': '1', 'img_2.jpg': '2', '0003.jpg': '3' };
    const source = await read('file,species\nIMG_1.jpg,jay\nIMG_2.jpg,owl\n3.jpg,jay\n4.jpg,owl', { tree });
    expect(source.images.ids).toEqual(['IMG_1.jpg']);
    expect(source.missing).toEqual([
      '3 images listed by labels.csv are missing: IMG_2.jpg (there is img_2.jpg), 3.jpg (there is 0003.jpg), 4.jpg',
    ]);
  });

  test('counts a file once that it lists under two spellings, and refuses two labels for it', async () => {
    const source = await read('file,species\nimages/1.jpg,jay\n1.jpg,jay\n2.jpg,owl');
    expect(source.images.ids).toEqual(['2.jpg', 'images/1.jpg']);
    expect(source.leftOut).toContainEqual({ reason: 'images that labels.csv lists more than once', images: 1 });
    await expect(read('file,species\nimages/1.jpg,jay\n1.jpg,owl\n2.jpg,owl')).rejects.toThrow(
      'labels.csv: images/1.jpg must have one label, got owl as 1.jpg and jay under another spelling',
    );
  });

  test('does not take a file of the same name in another folder', async () => {
    const tree = { 'a/1.jpg': '1', 'b/2.jpg': '2' };
    const source = await read('file,species\na/1.jpg,jay\na/2.jpg,owl', { tree });
    expect(source.missing).toEqual(['1 image listed by labels.csv is missing: a/2.jpg (there is b/2.jpg)']);
  });

  test.each<[string, string, string]>([
    ['no such column', 'path,species\n1,jay', 'labels.csv must have a column file, got path, species'],
    [
      'one label',
      'file,species\nimages/1.jpg,jay\nimages/2.jpg,jay',
      'labels.csv must have at least two different labels in column species, got 1',
    ],
    [
      'two labels of an image',
      'file,species\nimages/1.jpg,jay\n\nimages/1.jpg,owl',
      'labels.csv, line 4: images/1.jpg must have one label, got owl after jay',
    ],
    [
      'a path out of its folder',
      'file,species\n../1.jpg,jay',
      `labels.csv, line 2: file must be a path below the table's folder, got "../1.jpg"`,
    ],
    [
      'a label of two lines',
      'file,species\nimages/1.jpg,"jay\nowl"',
      'labels.csv, line 2: species must have no control characters, got "jay\\nowl"',
    ],
    ['broken quotes', 'file,species\n"images/1.jpg,jay', 'labels.csv is not a CSV file'],
    ['nothing in it', '', 'labels.csv must have a column file, got '],
  ])('with %s is refused, naming the place', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  test('with a split of another name is refused, naming line and column', async () => {
    const text = 'file,species,fold\nimages/1.jpg,jay,train\nimages/2.jpg,owl,7';
    await expect(read(text, { options: { splitColumn: 'fold' } })).rejects.toThrow(
      'labels.csv, line 3: fold must be train, val or test, got "7"',
    );
  });

  test('that does not tell which of two files it means is refused, unless they are copies', async () => {
    const text = 'file,species\n1.jpg,jay\n2.jpg,owl';
    const copies = { 'a/1.jpg': 'same', 'b/1.jpg': 'same', 'a/2.jpg': '2' };
    expect(await summary(text, { tree: copies })).toEqual(['1.jpg jay 255 same', '2.jpg owl 255 2']);
    await expect(read(text, { tree: { ...copies, 'b/1.jpg': 'another' } })).rejects.toThrow(
      'labels.csv must say which file 1.jpg is: it may be a/1.jpg or b/1.jpg',
    );
  });
});
