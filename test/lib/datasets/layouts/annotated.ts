import { jpeg } from './images.ts';
import { gzippedTarOf, within, zipOf, type Tree } from './tree.ts';

type Forms = Promise<Record<string, Tree>>;

const diagnoses = ['akiec', 'bcc', 'bkl', 'df', 'mel', 'nv', 'vasc'];

/** HAM10000: of each diagnosis so many images, two of a lesion. */
export async function ham10000Forms(perClass = 4): Forms {
  const rows = ['lesion_id,image_id,dx,dx_type,age,sex,localization'];
  const images: Record<string, Buffer> = {};
  for (let i = 0; i < perClass * diagnoses.length; i++) {
    // Diagnoses are in no order of the images.
    const label = (i * 5) % diagnoses.length;
    const name = `ISIC_${String(24306 + i).padStart(7, '0')}`;
    const lesion = `HAM_${String(label * 100 + Math.floor(i / diagnoses.length / 2)).padStart(7, '0')}`;
    rows.push(`${lesion},${name},${diagnoses[label]},histo,${i % 3 === 0 ? '' : '55.0'},male,back`);
    images[`${name}.jpg`] = await jpeg(label, i, { width: 60, height: 45 });
  }
  const entries = Object.entries(images);
  const half = entries.length / 2;
  const parts = [Object.fromEntries(entries.slice(0, half)), Object.fromEntries(entries.slice(half))] as const;
  const csv = `${rows.join('\n')}\n`;
  const twoFolders = { ...within('HAM10000_images_part_1', parts[0]), ...within('HAM10000_images_part_2', parts[1]) };
  return {
    'one folder': { 'HAM10000_metadata.csv': csv, ...within('images', images) },
    'two folders': { 'HAM10000_metadata.csv': csv, ...twoFolders },
    'two zips': {
      'HAM10000_metadata.tab': csv.replaceAll(',', '\t'),
      'HAM10000_images_part_1.zip': await zipOf(parts[0]),
      'HAM10000_images_part_2.zip': await zipOf(parts[1]),
    },
    "Kaggle's zip, with every image twice": {
      'archive.zip': await zipOf({
        'HAM10000_metadata.csv': csv.replaceAll('\n', '\r\n'),
        ...twoFolders,
        ...Object.fromEntries(
          Object.entries(twoFolders).map(([path, bytes]) => [path.replace('HAM10000', 'ham10000'), bytes]),
        ),
        'hmnist_8_8_L.csv': 'pixel0000,label\n1,2\n',
      }),
    },
    'a compressed tar': { 'HAM10000.tar.gz': await gzippedTarOf({ 'HAM10000_metadata.csv': csv, ...twoFolders }) },
  };
}

const corals = ['Acrop', 'CCA', 'Macro', 'Monti', 'Pavon', 'Pocill', 'Porit', 'Sand', 'Turf'];

/** MLC2008: photos with points in their corners, in their middles and of a rarer label; case varies. */
export async function mlc2008Forms({ photos = 4, points = 18, width = 420, height = 380 } = {}): Forms {
  const tree: Record<string, Buffer | string> = {};
  for (let photo = 0; photo < photos; photo++) {
    const name = `mcr_lter1_fringingreef_pole${photo}-2_qu1_20080415.jpg`;
    tree[name] = await jpeg(photo, photo, { width, height });
    const lines = Array.from({ length: points }, (_, i) => {
      const label = corals[(i + photo) % corals.length]!;
      const row = (i * 97 + photo * 31) % height;
      return `${row}; ${(i * 61 + photo * 13) % width}; ${i % 4 === 0 ? label.toUpperCase() : i % 4 === 1 ? label.toLowerCase() : label}`;
    });
    tree[`${name}.txt`] = ['# Row; Col; Label', ...lines, '5; 5; Off', ''].join('\r\n');
  }
  const years = {
    ...within('2008', tree),
    '2009/mcr_20090101.jpg': await jpeg(0, 0, { width: 9, height: 9 }),
    '2009/mcr_20090101.jpg.txt': '# Row; Col; Label\n1; 1; Sand\n',
  };
  return {
    'a folder': within('2008', tree),
    'all years': years,
    'a zip': { 'MLC.zip': await zipOf(years) },
    'a compressed tar': { '2008.tar.gz': await gzippedTarOf(within('2008', tree)) },
  };
}
