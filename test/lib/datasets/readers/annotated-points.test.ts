import { describe, expect, test } from 'vitest';
import sharp from 'sharp';
import { readAnnotatedPoints } from '../../../../lib/datasets/readers/annotated-points.ts';
import { jpeg } from '../layouts/images.ts';
import type { Tree } from '../layouts/tree.ts';
import { imagesOf, openTree } from '../open-tree.ts';

const read = async (tree: Tree, patch = 100) =>
  readAnnotatedPoints(await openTree(tree), { classes: ['CCA', 'Sand'], patch, folder: '2008' });

const photo = await jpeg(0, 0, { width: 400, height: 300 });
const annotated = (lines: string) => ({ 'a.jpg': photo, 'a.jpg.txt': `# Row; Col; Label\n${lines}\n` });

/** The regions of the points of a photo as `left,top width x height`. */
async function regions(tree: Tree, patch?: number): Promise<unknown[]> {
  const images = await imagesOf(await read(tree, patch));
  return images.map(({ content }) => {
    if (content.kind !== 'file' || content.region === undefined) return content;
    const { left, top, width, height } = content.region;
    return `${left},${top} ${width}x${height}`;
  });
}

describe('patches around points', () => {
  test('are centred on them, and moved inside of the photo at its edges and corners', async () => {
    const lines = ['150; 200; Sand', '0; 0; Sand', '299; 399; CCA', '50; 350; CCA', '49; 351; CCA', '251; 10; Sand'];
    expect(await regions(annotated(lines.join('\n')))).toEqual([
      '150,100 100x100',
      '0,0 100x100',
      '300,200 100x100',
      '300,0 100x100',
      '300,0 100x100',
      '0,200 100x100',
    ]);
  });

  test('are as large as the photo if that is smaller', async () => {
    expect(await regions(annotated('150; 200; Sand\n1; 2; CCA'), 350)).toEqual(['25,0 350x300', '0,0 350x300']);
  });

  test('of a rotated photo are those of the photo as displayed', async () => {
    const turned = await sharp(photo).withMetadata({ orientation: 6 }).toBuffer();
    expect(await regions({ ...annotated('399; 299; Sand\n0; 0; CCA'), 'a.jpg': turned })).toEqual([
      '200,300 100x100',
      '0,0 100x100',
    ]);
  });

  test('of points outside their photo, or of files that are not photos, are left for the decoder to refuse', async () => {
    expect(await regions(annotated('150; 400; Sand\n1; 2; CCA'))).toEqual(['350,100 100x100', '0,0 100x100']);
    expect(await regions({ ...annotated('10; 10; Sand\n10; 10; CCA'), 'a.jpg': 'no photo' })).toEqual([
      '-40,-40 100x100',
      '-40,-40 100x100',
    ]);
  });

  test('have the class of their label whatever its case; those of other labels are left out and counted', async () => {
    const source = await read(annotated('1; 1; sand\n2; 2; SAND\n3; 3; cca\n4; 4; Off\n5; 5; Gardin'));
    expect([...source.images.labels]).toEqual([1, 1, 0]);
    expect(source.leftOut).toEqual([{ reason: 'points with labels other than CCA, Sand', images: 2 }]);
  });

  test('are grouped by their photo, and share its bytes', async () => {
    const source = await read({
      ...annotated('1; 1; Sand\n2; 2; CCA'),
      'b.jpg': await jpeg(1, 1, { width: 200, height: 200 }),
      'b.jpg.txt': '# Row; Col; Label\n7; 7; Sand\n',
    });
    expect(source.images.ids).toEqual(['a.jpg#0002', 'a.jpg#0003', 'b.jpg#0002']);
    const [first, second, third] = source.images.groups!;
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    const contents = (await imagesOf(source)).map(({ content }) => content.kind === 'file' && content.bytes);
    expect(contents[0]).toBe(contents[1]);
    expect(contents[2]).not.toBe(contents[0]);
  });

  test("are only those of the dataset's year if there are several", async () => {
    const [image, text] = Object.values(annotated('1; 1; Sand\n2; 2; CCA')) as [Buffer, string];
    const source = await read({
      '2008/a.jpg': image,
      '2008/a.jpg.txt': text,
      '2009/b.jpg': image,
      '2009/b.jpg.txt': text,
    });
    expect(source.images.ids).toEqual(['a.jpg#0002', 'a.jpg#0003']);
  });

  test('tell photos without annotations, and annotations without a photo', async () => {
    const source = await read({ ...annotated('1; 1; Sand\n2; 2; CCA'), 'b.jpg': photo, 'c.jpg.txt': '1; 1; Sand' });
    expect(source.leftOut).toEqual([{ reason: 'photos without annotations', images: 1 }]);
    expect(source.missing).toEqual(['1 image listed by the annotations is missing: c.jpg']);
  });

  test.each([
    ['1, 2, Sand', 'a.jpg.txt, line 2: must be <row>; <column>; <label>, got "1, 2, Sand"'],
    ['-1; 2; Sand', 'a.jpg.txt, line 2'],
    ['1; 2.5; Sand', 'a.jpg.txt, line 2'],
    ['1; 2;', 'a.jpg.txt, line 2'],
    ['1; 2; Sand; 3', 'a.jpg.txt, line 2'],
  ])('%j is refused, naming its line', async (line, message) => {
    await expect(read(annotated(line))).rejects.toThrow(message);
  });
});
