import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage, mostPixels } from '../../../../lib/datasets/images/decode.ts';
import { golden, meanDifference } from './golden.ts';

describe('decoded images are those that OpenCV reads, bit for bit', () => {
  test.each([
    'colour-420.jpg',
    'colour-422.jpg',
    'colour-444.jpg',
    'progressive.jpg',
    'grey.jpg',
    'cmyk.jpg',
    'colour.png',
    'palette.png',
    'grey-alpha.png',
    'alpha.png',
    '16-bit.png',
    '1-bit.png',
    'lossless.webp',
    'lossy.webp',
    'colour.tif',
    '24-bit.bmp',
    '8-bit.bmp',
    '1-bit.bmp',
    '32-bit.bmp',
    'grey.gif',
    'animated.gif',
  ])('%s', async (name) => {
    const { pixels, ...shape } = await decodeImage(await golden(name));
    expect(shape).toEqual({ height: 31, width: 45, channels: 3 });
    expect(meanDifference(pixels, await golden(`${name}.rgb`))).toBe(0);
  });

  test('rotated.jpg, turned as its EXIF orientation says', async () => {
    const { pixels, ...shape } = await decodeImage(await golden('rotated.jpg'));
    expect(shape).toEqual({ height: 45, width: 31, channels: 3 });
    expect(meanDifference(pixels, await golden('rotated.jpg.rgb'))).toBe(0);
  });
});

test('JPEG files give the same pixels with and without the SIMD of libjpeg-turbo', async () => {
  const script = `
    import { createHash } from 'node:crypto';
    import { readFileSync } from 'node:fs';
    import { decodeImage } from '${new URL('../../../../lib/datasets/images/decode.ts', import.meta.url).href}';
    for (const name of ['colour-420', 'colour-422', 'colour-444', 'progressive', 'grey', 'cmyk']) {
      const { pixels } = await decodeImage(readFileSync(new URL(name + '.jpg', '${new URL('golden/', import.meta.url).href}')));
      console.log(name, createHash('sha256').update(pixels).digest('hex'));
    }`;
  const hashes = (env: NodeJS.ProcessEnv) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      env: { ...process.env, ...env },
    }).then(({ stdout }) => stdout);
  const [withSimd, without] = await Promise.all([hashes({}), hashes({ JSIMD_FORCENONE: '1' })]);
  expect(withSimd.trim().split('\n')).toHaveLength(6);
  expect(without).toBe(withSimd);
});

describe('what is no image is refused with the reason', () => {
  const problemOf = (bytes: Buffer) =>
    decodeImage(bytes).then(
      ({ height, width }) => `decoded ${height}x${width}`,
      (error: Error) => `${error.name}: ${error.message}`,
    );

  test.each([
    ['an empty file', '', 'UndecodableImage: the file is empty'],
    ['text', '<html>not found</html>', 'UndecodableImage: not a JPEG, PNG, GIF, WebP, TIFF or BMP file'],
    ['a drawing that could name other files', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'not a JPEG'],
    ['the head of a JPEG file alone', Buffer.from('ffd8ffe000104a46494600', 'hex'), 'damaged JPEG file: '],
  ])('%s', async (_what, bytes, problem) => {
    expect(await problemOf(Buffer.from(bytes as string))).toContain(problem);
  });

  test.each(['colour-420.jpg', 'progressive.jpg', 'cmyk.jpg', 'colour.png', 'lossy.webp', 'colour.tif', '24-bit.bmp'])(
    '%s cut off in its middle',
    async (name) => {
      const bytes = await golden(name);
      const format = name.endsWith('tif') ? 'TIFF' : name.split('.')[1]!.replace('jpg', 'jpeg').toUpperCase();
      expect(await problemOf(bytes.subarray(0, bytes.length / 2))).toContain(`damaged ${format} file: `);
    },
  );

  test('a bomb: a small file of a huge image, before anything is decoded', async () => {
    const side = Math.ceil(Math.sqrt(mostPixels)) + 1;
    const create = { width: side, height: side, channels: 3 as const, background: 'red' };
    const png = await sharp({ create }).png({ compressionLevel: 9 }).toBuffer();
    expect(png.length).toBeLessThan(2e6);
    expect(await problemOf(png)).toContain('exceeds pixel limit');
    const bmp = Buffer.from(await readFile(new URL('golden/24-bit.bmp', import.meta.url)));
    bmp.writeInt32LE(100_000, 18);
    bmp.writeInt32LE(-100_000, 22);
    expect(await problemOf(bmp)).toContain('BMP file of 10000000000 pixels, more than');
  });

  test('the name does not matter: a PNG file called .jpg is decoded', async () => {
    expect(await problemOf(await golden('colour.png'))).toBe('decoded 31x45');
  });
});
