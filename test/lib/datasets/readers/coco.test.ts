import { describe, expect, test } from 'vitest';
import { readCoco } from '../../../../lib/datasets/readers/coco.ts';
import { inaturalistForms } from '../layouts/photos.ts';
import type { Tree } from '../layouts/tree.ts';
import { openTree } from '../open-tree.ts';

async function read(tree: Tree, name = 'train2017.json') {
  const files = await openTree(tree);
  return readCoco(files, [{ row: files.paths.indexOf(name), split: 0 }], 'Insecta');
}

const unpacked = (await inaturalistForms({ species: 3, train: 4, validation: 2 }))['unpacked']!;

/** The training document with something else in it. */
function changed(change: (document: Record<string, Record<string, unknown>[]>) => void): Tree {
  const document = JSON.parse(String(unpacked['train2017.json'])) as Record<string, Record<string, unknown>[]>;
  change(document);
  return { ...unpacked, 'train2017.json': JSON.stringify(document) };
}

describe('annotations in the form of COCO', () => {
  test('give the images of a supercategory by the names of their categories', async () => {
    const source = await read(unpacked);
    expect(source.classes).toEqual(['Danaus species0', 'Danaus species1', 'Danaus species2']);
    expect([...source.images.labels].sort()).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    expect(source.images.ids[0]).toMatch(/^train\/train_val_images\/Insecta\/Danaus species0\/[0-9a-f]+\.jpg$/);
    // Six birds, and six insects of the validation document.
    expect(source.leftOut).toContainEqual({ reason: 'images without an annotation of Insecta', images: 12 });
    expect(source.missing).toEqual([]);
  });

  test('do not depend on the order of their lists', async () => {
    const { images } = await read(
      changed((document) => {
        const { images: listed, annotations, categories, ...others } = document;
        for (const key of Object.keys(document)) delete document[key];
        Object.assign(document, { categories, annotations, ...others, images: listed });
      }),
    );
    expect(images).toEqual((await read(unpacked)).images);
  });

  test('report missing images, and images whose names lead elsewhere', async () => {
    const source = await read(
      changed(({ images }) => {
        images![0]!['file_name'] = '../../etc/passwd.jpg';
        images![1]!['file_name'] = 'train_val_images/Insecta/gone.jpg';
      }),
    );
    expect(source.missing).toEqual([
      '2 images listed by train2017.json are missing: ../../etc/passwd.jpg, train_val_images/Insecta/gone.jpg',
    ]);
    expect(source.images.ids).toHaveLength(10);
  });

  test.each<[string, Tree, string]>([
    ['no JSON', { ...unpacked, 'train2017.json': '{"images": [{]' }, 'train2017.json must be a JSON file: '],
    [
      'cut off',
      { ...unpacked, 'train2017.json': String(unpacked['train2017.json']).slice(0, 300) },
      'train2017.json must be a JSON file: ',
    ],
    [
      'of another form',
      changed(({ images }) => delete images![0]!['file_name']),
      'train2017.json: images[...].file_name must be a string, got undefined',
    ],
    [
      'with an id that is no number',
      changed(({ annotations }) => (annotations![0]!['image_id'] = '7')),
      'train2017.json: annotations[...].image_id must be a number, got "7"',
    ],
  ])('that are %s are refused, naming the file', async (_, tree, message) => {
    await expect(read(tree)).rejects.toThrow(message);
  });
});
