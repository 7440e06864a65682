import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogueEntry } from '../../../../lib/datasets/catalogue/index.ts';
import type { DatasetSource, ImageContent } from '../../../../lib/datasets/source.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { ham10000Forms, mlc2008Forms } from '../layouts/annotated.ts';
import { cifar100Forms, cifar10Forms, cifarPngForms } from '../layouts/cifar.ts';
import { imagenetForms } from '../layouts/imagenet.ts';
import { beetleForms, concreteForms, inaturalistForms, naturalForms, powerlineForms } from '../layouts/photos.ts';
import { hasStreamedImages, writeTree, type Tree } from '../layouts/tree.ts';

async function open(name: string, tree: Tree): Promise<DatasetSource> {
  const root = await temporaryFolder();
  await writeTree(join(root, name), tree);
  const entry = catalogueEntry(name);
  const source = await (await entry.locate(root)).open();
  expect(source.images.groups !== undefined, 'what the catalogue says of groups').toBe(entry.hasGroups === true);
  return source;
}

function digestOf(content: ImageContent): unknown {
  if (content.kind === 'unreadable') return content;
  const bytes = content.kind === 'pixels' ? content.image.pixels : content.bytes;
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return content.kind === 'file' && content.region ? [hash, content.region] : hash;
}

/** Everything of a source, with the first image of each group in the place of its number. */
async function described(source: DatasetSource): Promise<unknown[]> {
  const { ids, labels, splits, groups } = source.images;
  const described = [];
  for await (const { index, content } of source.read())
    described.push({
      id: ids[index],
      className: source.classes[labels[index]!],
      split: splits[index],
      content: digestOf(content),
      ...(groups && { group: ids.filter((_, other) => groups[other] === groups[index]).sort()[0] }),
    });
  return described;
}

const sorted = (images: unknown[]) => images.map((image) => JSON.stringify(image)).sort();

const classNames = async (name: string, forms: Record<string, Tree>) =>
  (await open(name, Object.values(forms)[0]!)).classes;

const datasets: [name: string, forms: () => Promise<Record<string, Tree>>][] = [
  ['imagenet', imagenetForms],
  ['concrete', concreteForms],
  ['mlc2008', mlc2008Forms],
  ['ham10000', ham10000Forms],
  ['powerline', powerlineForms],
  ['insects', beetleForms],
  ['insects', inaturalistForms],
  ['natural', naturalForms],
  ['cifar10', cifar10Forms],
  ['cifar100', cifar100Forms],
  ['cifar10', async () => cifarPngForms(await classNames('cifar10', await cifar10Forms()))],
  [
    'cifar100',
    async () => cifarPngForms(await classNames('cifar100', await cifar100Forms()), {}, 'household_furniture'),
  ],
];

describe.each(datasets)('%s', (name, formsOf) => {
  test('is the same images in every form in which it is downloaded, and in the same order but for compressed tars', async () => {
    const forms = Object.entries(await formsOf());
    const [, first] = forms[0]!;
    const expected = await described(await open(name, first));
    expect(expected.length).toBeGreaterThan(8);
    for (const [form, tree] of forms.slice(1)) {
      const found = await described(await open(name, tree));
      expect(sorted(found), form).toEqual(sorted(expected));
      if (!hasStreamedImages(tree)) expect(found, form).toEqual(expected);
    }
  });

  test('is read from any image on, only the wanted images, with the same contents', async () => {
    for (const tree of Object.values(await formsOf())) {
      const source = await open(name, tree);
      const all: unknown[] = [];
      for await (const { index, content } of source.read()) all[index] = digestOf(content);
      const from = 3;
      const wanted = (index: number) => index % 3 !== 1;
      const indices: number[] = [];
      for await (const { index, content } of source.read({ from, wanted })) {
        indices.push(index);
        expect(digestOf(content)).toEqual(all[index]);
      }
      expect(indices).toEqual([...source.images.ids.keys()].filter((index) => index >= from && wanted(index)));
    }
  });

  test('has another version when a file of it changes', async () => {
    const root = await temporaryFolder();
    const tree = Object.values(await formsOf())[0]!;
    await writeTree(join(root, name), tree);
    const version = async () => (await catalogueEntry(name).locate(root)).version;
    const before = await version();
    expect(await version()).toBe(before);
    await writeTree(join(root, name), { [Object.keys(tree)[0]!]: 'changed' });
    expect(await version()).not.toBe(before);
  });
});

test('all forms together are the dataset once', async () => {
  const forms = Object.values(await naturalForms());
  const together = await open('natural', Object.assign({}, ...forms) as Tree);
  const once = await open('natural', forms[0]!);
  expect([...together.images.ids].sort()).toEqual([...once.images.ids].sort());
  expect(together.leftOut).toContainEqual({
    reason: 'repeated images, e.g. in an archive and unpacked beside it',
    images: once.images.ids.length * (forms.length - 1),
  });
});
