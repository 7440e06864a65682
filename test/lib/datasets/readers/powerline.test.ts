import { describe, expect, test } from 'vitest';
import { readPowerline } from '../../../../lib/datasets/readers/powerline.ts';
import { powerlineForms } from '../layouts/photos.ts';
import { tarOf, type Tree } from '../layouts/tree.ts';
import { openTree } from '../open-tree.ts';

const read = async (tree: Tree) => readPowerline(await openTree(tree), 'powerline');

describe('Powerline', () => {
  test('has both kinds of images, of the class that their names tell', async () => {
    const source = await read((await powerlineForms(2))['in folders']!);
    expect(source.classes).toEqual(['without power line', 'with power line']);
    const classes = source.images.ids.map((id, index) => `${id.replace(/\d+/, '')} ${source.images.labels[index]}`);
    expect(new Set(classes)).toEqual(
      new Set([
        'Infrared (IR)/TV.bmp 1',
        'Infrared (IR)/TY.bmp 0',
        'Visible Light (VL)/TV.bmp 1',
        'Visible Light (VL)/TY.bmp 0',
      ]),
    );
    expect(source.images.ids).toHaveLength(8);
  });

  test('has a power line in the first half of all 4,000 names if these do not tell', async () => {
    const all = Object.fromEntries(
      Array.from({ length: 4000 }, (_, i) => [`IR/${String(3999 - i).padStart(4, '0')}.png`, '']),
    );
    const source = await read({ 'Infrared (IR).tar': await tarOf(all) });
    const withLine = source.images.ids.filter((_, index) => source.images.labels[index] === 1);
    expect(withLine).toHaveLength(2000);
    expect([withLine[0], withLine.at(-1)]).toEqual(['Infrared (IR)/0000.png', 'Infrared (IR)/1999.png']);
  });

  test('is refused if nothing tells the class', async () => {
    await expect(read({ 'Visible Light (VL)/TV1.bmp': '', 'Visible Light (VL)/2.bmp': '' })).rejects.toThrow(
      'powerline/Visible Light (VL): image names must begin with TV (with a power line) or TY (without), or all 4000 published images must be present; got 2, among them 2.bmp',
    );
  });
});
