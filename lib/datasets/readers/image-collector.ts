import type { FileTree } from '../archives/file-tree.ts';
import { DatasetError } from '../dataset-error.ts';
import { givenSplits, type DatasetSource, type LeftOut } from '../source.ts';
import { printable } from '../../core/printable.ts';
import { isImageName } from './folder-words.ts';
import { fileSource, type FileSourceParts } from './file-source.ts';

/** One image as a reader finds it. */
export interface FoundImage {
  /** Row of its file in the tree. */
  row: number;
  id: string;
  label: number;
  split: number;
  /** Name of its group, e.g. the id of a lesion; either all images of a dataset have one, or none has. */
  group?: string;
}

const mostClasses = 2 ** 16;

/** Collects the images that a reader finds into a source, in an order that does not depend on the form of the download. */
export class ImageCollector {
  readonly #tree: FileTree;
  readonly #rows: number[] = [];
  readonly #ids: string[] = [];
  readonly #labels: number[] = [];
  readonly #splits: number[] = [];
  readonly #groups: number[] = [];
  readonly #groupNumbers = new Map<string, number>();
  readonly #leftOut = new Map<string, number>();

  constructor(tree: FileTree) {
    this.#tree = tree;
    for (const { reason, images } of tree.leftOut) this.leaveOut(reason, images);
  }

  get length(): number {
    return this.#ids.length;
  }

  add({ row, id, label, split, group }: FoundImage): void {
    this.#rows.push(row);
    this.#ids.push(id);
    this.#labels.push(label);
    this.#splits.push(split);
    if (group === undefined) return;
    const number = this.#groupNumbers.get(group) ?? this.#groupNumbers.size;
    this.#groupNumbers.set(group, number);
    this.#groups.push(number);
  }

  /** Images left out so far, and why. */
  get leftOut(): LeftOut[] {
    return Array.from(this.#leftOut, ([reason, images]) => ({ reason, images }));
  }

  leaveOut(reason: string, images = 1): void {
    this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + images);
  }

  /**
   * Returns the source of all added images, in the order of their ids, or of their rows if some are in a compressed tar. Of images with the
   * same id only the first counts: they are the same image, e.g. in an archive and beside it.
   * @param region region of its file that makes up an image, by the number of images added before it
   */
  source(
    classes: readonly string[],
    { missing = [], region }: Partial<Pick<FileSourceParts, 'missing' | 'region'>> = {},
  ): DatasetSource {
    if (classes.length > mostClasses)
      throw new DatasetError(`a dataset must have at most ${mostClasses} classes, got ${classes.length}`);
    const order = this.#order();
    const splits = Uint8Array.from(order, (i) => this.#splits[i]!);
    nameTestImages(splits);
    return fileSource(this.#tree, {
      classes,
      images: {
        ids: Array.from(order, (i) => this.#ids[i]!),
        labels: Uint16Array.from(order, (i) => this.#labels[i]!),
        splits,
        ...(this.#groups.length > 0 && { groups: Uint32Array.from(order, (i) => this.#groups[i]!) }),
      },
      rows: Array.from(order, (i) => this.#rows[i]!),
      leftOut: this.leftOut,
      missing: [...missing, ...brokenLinks(this.#tree)],
      notes: this.#tree.problems,
      region: region && ((index, file) => region(order[index]!, file)),
    });
  }

  /** Returns the added images that count, in the order of the source. */
  #order(): number[] {
    const ids = this.#ids;
    const rows = this.#rows;
    const isDivided = this.#splits.includes(givenSplits.train);
    const counting = [...ids.keys()].filter((i) => !isDivided || this.#splits[i] !== givenSplits.undivided);
    this.#note('images outside the folders of splits', ids.length - counting.length);
    const byId = (a: number, b: number) => (ids[a]! < ids[b]! ? -1 : ids[a] === ids[b] ? rows[a]! - rows[b]! : 1);
    const sorted = counting.sort(byId);
    const unique = sorted.filter((i, position) => position === 0 || ids[i] !== ids[sorted[position - 1]!]);
    const isOther = (i: number, before: number) => this.#tree.size(rows[i]!) !== this.#tree.size(rows[before]!);
    const others = sorted.filter((i, p) => p > 0 && ids[i] === ids[sorted[p - 1]!] && isOther(i, sorted[p - 1]!));
    this.#note('other images of the same name as one that is read', others.length);
    this.#note(
      'repeated images, e.g. in an archive and unpacked beside it',
      sorted.length - unique.length - others.length,
    );
    const isStreamed = unique.some((i) => this.#tree.isInStream(rows[i]!));
    return isStreamed ? unique.sort((a, b) => rows[a]! - rows[b]!) : unique;
  }

  #note(reason: string, images: number): void {
    if (images > 0) this.leaveOut(reason, images);
  }
}

/** Returns a message about links to missing images; empty if there are none. */
function brokenLinks({ brokenLinks }: FileTree): string[] {
  const links = brokenLinks.filter(isImageName);
  if (links.length === 0) return [];
  const names = [...links.slice(0, 3).map(printable), ...(links.length > 3 ? ['...'] : [])].join(', ');
  return [
    `${links.length.toLocaleString('en-US')} links to images lead to missing files ` +
      `(fetch them first, e.g. by git annex get or dvc pull): ${names}`,
  ];
}

/**
 * If there are validation images but no test images, the former become the test images: results on such datasets (ImageNet) are
 * published for them. Images for validation are then held out of the training images.
 */
function nameTestImages(splits: Uint8Array): void {
  const { validation, test } = givenSplits;
  if (splits.includes(validation) && !splits.includes(test))
    splits.forEach((split, i) => {
      if (split === validation) splits[i] = test;
    });
}
