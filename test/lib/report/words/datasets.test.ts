import { describe, expect, test } from 'vitest';
import { datasetTitles, type TitledDataset } from '../../../../lib/report/words/datasets.ts';

const fashion = { parent: 'fashion-mnist', wholeTitle: 'Fashion-MNIST', classes: null, classDraw: null, imageShare: 1 };
const datasets: TitledDataset[] = [
  { ...fashion, dataset: 'fashion-mnist', role: 'reference' },
  { ...fashion, dataset: 'fashion-mnist/5-classes', role: 'subset', classes: 5, classDraw: 0 },
  { ...fashion, dataset: 'fashion-mnist/5-classes-draw-1', role: 'subset', classes: 5, classDraw: 1 },
  { ...fashion, dataset: 'fashion-mnist/2-classes', role: 'subset', classes: 2, classDraw: 0 },
  { ...fashion, dataset: 'fashion-mnist/5-classes-control', role: 'control', classes: 5, imageShare: 0.5 },
  { ...fashion, dataset: 'fashion-mnist/2-classes-control', role: 'control', classes: 2, imageShare: null },
  { ...fashion, dataset: 'mnist', parent: 'mnist', wholeTitle: 'MNIST', role: 'target' },
];

describe('titles of datasets', () => {
  test('say what a part of the reference has fewer of, and number draws only if there are several', () => {
    expect(datasetTitles(datasets).map(({ title }) => title)).toEqual([
      'Fashion-MNIST',
      'Fashion-MNIST, 5 classes, draw 1',
      'Fashion-MNIST, 5 classes, draw 2',
      'Fashion-MNIST, 2 classes',
      'Fashion-MNIST, half of the images',
      'Fashion-MNIST, as many images as 2 classes',
      'MNIST',
    ]);
  });

  test('are short beside the reference', () => {
    expect(datasetTitles(datasets)[2]!.short).toBe('5 classes, draw 2');
    expect(datasetTitles(datasets)[6]!.short).toBe('MNIST');
  });

  test('are the names of datasets that would be called alike', () => {
    const twice = [...datasets, { ...datasets[6]!, dataset: 'mnist/32-pixels' }];
    expect(datasetTitles(twice).slice(6)).toEqual([
      { title: 'mnist', short: 'mnist' },
      { title: 'mnist/32-pixels', short: 'mnist/32-pixels' },
    ]);
  });
});
