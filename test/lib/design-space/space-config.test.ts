import { describe, expect, test } from 'vitest';
import { spacePresets } from '../../../lib/design-space/presets.ts';
import { ConfigError } from '../../../lib/core/errors.ts';
import { parseWith } from '../../../lib/core/validation.ts';
import { designSpaceSchema } from '../../../lib/design-space/space-config.ts';

/** The problems of a design space. */
function problems(space: unknown): readonly string[] {
  try {
    parseWith(designSpaceSchema, space, 'The design space is invalid');
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('a design space', () => {
  test("is the paper's AnyNetX by its defaults, and RegNetX by pycls'", () => {
    const { space } = spacePresets.get('anynetx')!;
    expect(designSpaceSchema.parse({ kind: 'anynet', complexity: { flops: { low: 340e6, high: 400e6 } } })).toEqual(
      designSpaceSchema.parse(space),
    );
    expect(designSpaceSchema.parse({ kind: 'regnet', complexity: { flops: { low: 340e6, high: 400e6 } } })).toEqual(
      designSpaceSchema.parse(spacePresets.get('regnetx')!.space),
    );
  });

  test('keeps every default when it is parsed again', () => {
    for (const { space, description } of spacePresets.values()) {
      const parsed = designSpaceSchema.parse(space);
      expect(designSpaceSchema.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
      expect(description).not.toBe('');
    }
  });

  test.each([
    [{ kind: 'mobilenet' }, 'kind '],
    [{ depth: { kind: 'gamma', low: 1, high: 2 } }, 'depth.kind '],
    [{ depth: { kind: 'uniform', low: 3, high: 2 } }, 'depth.low must be at most high (2), got 3'],
    [{ depth: { kind: 'uniform', low: 0, high: 2 } }, 'depth.low '],
    [{ depth: { kind: 'values', values: [] } }, 'depth.values '],
    [{ depth: 5 }, 'depth '],
    [
      { width: { kind: 'uniform', low: 8, high: 20, quantum: 8 } },
      'width.high must be a multiple of quantum (8), got 20',
    ],
    [{ groupWidth: { kind: 'power-of-2', low: 1, high: 12 } }, 'groupWidth.high must be a power of 2, got 12'],
    [
      { width: [{ kind: 'values', values: [8] }] },
      'width must have one distribution for each of the 4 stages of strides, got 1',
    ],
    [{ width: [{ kind: 'values', values: [8.5] }] }, 'width[0].values[0] '],
    [{ strides: [] }, 'strides '],
    [{ complexity: { acts: { low: 2, high: 1 } } }, 'complexity.acts is empty: low must be at most high'],
    [{ kind: 'regnet', stages: { low: 3, high: 2 } }, 'stages is empty: low must be at most high'],
    [{ kind: 'regnet', initialWidth: { kind: 'values', values: [12] } }, 'initialWidth must give multiples of 8'],
    [{ kind: 'regnet', multiplier: { kind: 'values', values: [1] } }, 'multiplier must give numbers above 1'],
  ])('%j is refused', (changes, problem) => {
    expect(problems({ kind: 'anynet', ...changes })[0]).toContain(problem);
  });
});
