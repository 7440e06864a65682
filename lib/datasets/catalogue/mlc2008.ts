import { readAnnotatedPoints } from '../readers/annotated-points.ts';
import { defineDataset } from './define.ts';

const classes = ['Acrop', 'CCA', 'Macro', 'Monti', 'Pavon', 'Pocill', 'Porit', 'Sand', 'Turf'];

/**
 * MLC2008: the 2008 photos of the Moorea Labeled Corals (Beijbom et al. 2012), each cut into patches of 312 x 312 pixels around some
 * 200 annotated points of the nine classes to which nearly all points belong. For patches near an edge, see `readAnnotatedPoints`.
 */
export const mlc2008 = defineDataset({
  name: 'mlc2008',
  title: 'MLC2008',
  channels: 3,
  hasGroups: true,
  imageSize: 312,
  classNames: classes,
  expected: [
    {
      classes: classes.length,
      splits: { undivided: { images: 131_260 } },
      groups: { count: 671, of: 'photos' },
      isRecalled: true,
    },
  ],
  publication: {
    homepage: 'https://portal.edirepository.org/nis/mapbrowse?scope=knb-lter-mcr&identifier=5006',
    licence: 'CC BY 4.0',
    citation: `@inproceedings{beijbom2012automated,
  author = {Oscar Beijbom and Peter J. Edmunds and David I. Kline and B. Greg Mitchell and David Kriegman},
  title = {Automated Annotation of Coral Reef Survey Images},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition (CVPR)}, pages = {1170--1177}, year = {2012}
}`,
    put: 'the folder 2008/ with each photo X.jpg and its points X.jpg.txt, or a zip or tar of it; other years beside it are ignored',
    bytes: 1_200_000_000,
    unverified:
      'homepage, licence and size; the number of points (131,260 in the nine classes: recalled from the publication; the reproduced study ' +
      'says 43 K images, which would be a third)',
  },
  reader: { read: (tree) => readAnnotatedPoints(tree, { classes, patch: 312, folder: '2008' }) },
});
