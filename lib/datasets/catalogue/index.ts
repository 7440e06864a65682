import type { CatalogueEntry } from '../source.ts';
import { cifar10 } from './cifar10.ts';
import { cifar100 } from './cifar100.ts';
import { concrete } from './concrete.ts';
import { fashionMnist } from './fashion-mnist.ts';
import { ham10000 } from './ham10000.ts';
import { imagenet } from './imagenet.ts';
import { insects } from './insects.ts';
import { mlc2008 } from './mlc2008.ts';
import { mnist } from './mnist.ts';
import { natural } from './natural.ts';
import { powerline } from './powerline.ts';

/** Every dataset that a study can name. To add one, write a file with its definition and list it here. */
export const catalogue: readonly CatalogueEntry[] = [
  imagenet,
  concrete,
  mlc2008,
  ham10000,
  powerline,
  insects,
  natural,
  cifar10,
  cifar100,
  fashionMnist,
  mnist,
];

/** The entry of a dataset; throws a RangeError if the catalogue has no dataset of that name. */
export function catalogueEntry(name: string): CatalogueEntry {
  const entry = catalogue.find((candidate) => candidate.name === name);
  if (entry === undefined)
    throw new RangeError(
      `dataset must be one of ${catalogue.map((candidate) => candidate.name).join(', ')}, got ${name}`,
    );
  return entry;
}
