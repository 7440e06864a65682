import { powerlineClasses, readPowerline } from '../readers/powerline.ts';
import { defineDataset } from './define.ts';

/** Powerline (Yetgin and Gerek): infrared and visible-light images with or without a power line, both kinds together. */
export const powerline = defineDataset({
  name: 'powerline',
  title: 'Powerline',
  channels: 3,
  imageSize: 128,
  classNames: powerlineClasses,
  expected: [{ classes: 2, splits: { undivided: { images: 8000, byClass: [4000, 4000] } } }],
  publication: {
    homepage: 'https://data.mendeley.com/datasets/n6wrv4ry6v/8',
    licence: 'CC BY 4.0',
    citation: `@misc{yetgin2019powerline,
  author = {{\\"O}mer Emre Yetgin and {\\"O}mer Nezih Gerek},
  title = {Powerline Image Dataset (Infrared-IR and Visible Light-VL)},
  year = {2019}, publisher = {Mendeley Data}, version = {V8}, doi = {10.17632/n6wrv4ry6v.8}
}`,
    put: 'the folders "Infrared (IR)" and "Visible Light (VL)" with 4,000 images each, or a zip or tar of them',
    bytes: 400_000_000,
    unverified: 'the licence, the version and the size of the download',
  },
  reader: { read: readPowerline },
});
