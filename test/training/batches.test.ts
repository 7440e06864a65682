import { describe, expect, it } from 'vitest';
import { stream } from '../../study/random.ts';
import { epochBatches, ranges } from '../../training/batches.ts';

describe("an epoch's batches", () => {
  it('hold every image once, the last batch the rest', () => {
    const batches = epochBatches(stream(1, 'epoch'), 10, 4);
    expect(batches.map(({ length }) => length)).toEqual([4, 4, 2]);
    expect(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('leave out a single image that remains: batch norm has no variance over it', () => {
    expect(epochBatches(stream(1, 'epoch'), 9, 4).map(({ length }) => length)).toEqual([4, 4]);
  });

  it('differ between epochs', () => {
    expect(epochBatches(stream(1, 'a'), 100, 100)).not.toEqual(epochBatches(stream(1, 'b'), 100, 100));
  });
});

describe('ranges', () => {
  it('cover all images without gaps', () => {
    expect(ranges(5, 2)).toEqual([
      [0, 2],
      [2, 4],
      [4, 5],
    ]);
    expect(ranges(0, 2)).toEqual([]);
  });
});
