import { describe, expect, test } from 'vitest';
import { slopeChart } from '../../../../lib/report/charts/slope.ts';
import { lightTheme } from '../../../../lib/report/charts/theme.ts';

const input = (networks: number) => ({
  ...{ left: 'ImageNet', right: 'a dataset with a long title' },
  ranks: Array.from({ length: networks }, (_, index) => [index + 1, networks - index] as const),
  names: Array.from({ length: networks }, (_, index) => `arch-${index}`),
  ...{ leftText: () => '75.0 %', rightText: () => '3.5 %' },
  best: Array.from({ length: 10 }, (_, index) => index),
  worst: Array.from({ length: 10 }, (_, index) => networks - 1 - index),
  stay: { best: [], worst: [] },
});

describe.each(['wide', 'narrow'] as const)('a slope chart that is %s', (form) => {
  test.each([20, 60, 120, 500])(
    'names the best and the worst of %s networks, and no name lies on another',
    (networks) => {
      const { svg } = slopeChart(input(networks), lightTheme, form);
      const names = [...svg.text.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>[^<]*arch-/g)];
      expect(names).toHaveLength(40);
      const lefts = names.map(([, x]) => Number(x)).sort((a, b) => a - b);
      const middle = (lefts[0]! + lefts.at(-1)!) / 2;
      for (const isLeft of [true, false]) {
        const places = names.filter(([, x]) => Number(x) < middle === isLeft).map(([, , y]) => Number(y));
        expect(places).toHaveLength(20);
        places.sort((a, b) => a - b);
        places.slice(1).forEach((place, index) => expect(place - places[index]!).toBeGreaterThan(12));
      }
    },
  );
});
