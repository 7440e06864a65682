import { readImageNet } from '../readers/imagenet.ts';
import { defineDataset } from './define.ts';

/** Among ImageNet's many archives, those with its labelled images: not the test images, task 3 or bounding boxes. */
const wanted = (archive: string) => !/img_test|_t3\b|_t3\.|bbox/i.test(archive);

/**
 * ImageNet (ILSVRC 2012, classification). Its 50,000 validation images are the test images, as in every published
 * result: the labels of its own test images are not public. Class names are WordNet ids.
 */
export const imagenet = defineDataset({
  name: 'imagenet',
  title: 'ImageNet',
  channels: 3,
  imageSize: 256,
  expected: [
    {
      classes: 1000,
      splits: { train: { images: 1_281_167, byClass: 732 }, test: { images: 50_000, byClass: 50 } },
    },
  ],
  publication: {
    homepage: 'https://image-net.org/challenges/LSVRC/2012/',
    licence: 'ImageNet terms of access: non-commercial research and education',
    citation: `@article{russakovsky2015imagenet,
  author = {Olga Russakovsky and Jia Deng and Hao Su and Jonathan Krause and Sanjeev Satheesh and Sean Ma and Zhiheng Huang and
    Andrej Karpathy and Aditya Khosla and Michael Bernstein and Alexander C. Berg and Li Fei-Fei},
  title = {ImageNet Large Scale Visual Recognition Challenge},
  journal = {International Journal of Computer Vision}, volume = {115}, number = {3}, pages = {211--252}, year = {2015},
  doi = {10.1007/s11263-015-0816-y}
}`,
    put:
      'ILSVRC2012_img_train.tar, ILSVRC2012_img_val.tar and ILSVRC2012_devkit_t12.tar.gz as downloaded; or ' +
      "Kaggle's imagenet-object-localization-challenge.zip; or what is unpacked from these: train/<wnid>/ and val/<wnid>/, " +
      'or a flat folder of validation images with LOC_val_solution.csv or the development kit',
    bytes: 154_645_000_000,
  },
  reader: { read: (tree) => readImageNet(tree), wanted },
});
