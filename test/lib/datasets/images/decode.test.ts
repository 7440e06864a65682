import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../../../lib/datasets/images/decode.ts';
import { mostPixels } from '../../../../lib/datasets/images/undecodable-image.ts';
import { os2BmpOf } from './bmp-bytes.ts';
import { golden, meanDifference } from './golden.ts';
import { tiffOf, type TiffFields } from './tiff-bytes.ts';

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

describe('a file that is not an image is refused with the reason', () => {
  const problemOf = (bytes: Buffer) =>
    decodeImage(bytes).then(
      ({ height, width }) => `decoded ${height}x${width}`,
      (error: Error) => `${error.name}: ${error.message}`,
    );

  test.each([
    ['an empty file', '', 'UndecodableImage: the file is empty'],
    ['text', '<html>not found</html>', 'UndecodableImage: not a JPEG, PNG, GIF, WebP, TIFF or BMP file'],
    ['a drawing that could name other files', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'not a JPEG'],
    [
      'the head of a JPEG file alone',
      Buffer.from('ffd8ffe000104a46494600', 'hex'),
      'damaged or unsupported JPEG file: ',
    ],
  ])('%s', async (_what, bytes, problem) => {
    expect(await problemOf(Buffer.from(bytes as string))).toContain(problem);
  });

  test.each(['colour-420.jpg', 'progressive.jpg', 'cmyk.jpg', 'colour.png', 'lossy.webp', 'colour.tif', '24-bit.bmp'])(
    '%s cut off in its middle',
    async (name) => {
      const bytes = await golden(name);
      const format = name.endsWith('tif') ? 'TIFF' : name.split('.')[1]!.replace('jpg', 'jpeg').toUpperCase();
      expect(await problemOf(bytes.subarray(0, bytes.length / 2))).toMatch(
        new RegExp(`damaged (or unsupported )?${format} file: `),
      );
    },
  );

  test('a bomb: a small file of a huge image, before anything is decoded', async () => {
    const side = Math.ceil(Math.sqrt(mostPixels)) + 1;
    const create = { width: side, height: side, channels: 3 as const, background: 'red' };
    const png = await sharp({ create }).png({ compressionLevel: 9 }).toBuffer();
    expect(png.length).toBeLessThan(2e6);
    expect(await problemOf(png)).toBe(
      `UndecodableImage: an image must have at most 67,108,864 pixels, got ${side} x ${side}`,
    );
    const bmp = Buffer.from(await readFile(new URL('golden/24-bit.bmp', import.meta.url)));
    bmp.writeInt32LE(100_000, 18);
    bmp.writeInt32LE(-100_000, 22);
    expect(await problemOf(bmp)).toContain('at most 67,108,864 pixels, got 100000 x 100000');
  });

  test.each<[what: string, fields: TiffFields]>([
    ['floating-point', { format: 'float', bits: 32 }],
    ['floating-point', { format: 'float', bits: 16 }],
    ['signed 8-bit', { format: 'int', bits: 8 }],
    ['signed 16-bit', { format: 'int', bits: 16 }],
    ['signed 32-bit', { format: 'int', bits: 32 }],
    ['unsigned 32-bit', { format: 'uint', bits: 32 }],
  ])('a TIFF file of %s values: nothing says which one is black', async (values, fields) => {
    for (const channels of [1, 3])
      expect(await problemOf(tiffOf({ ...fields, channels }))).toBe(
        `UndecodableImage: TIFF file of ${values} values: convert it to unsigned values of 8 or 16 bits`,
      );
  });

  test('a TIFF file of satellite bands: nothing says which of them to show', async () => {
    for (const channels of [3, 5])
      expect(await problemOf(tiffOf({ format: 'uint', bits: 8, channels, photometric: 1 }))).toBe(
        `UndecodableImage: TIFF file of ${channels} channels: convert it to grey or colour`,
      );
    expect(await problemOf(tiffOf({ format: 'uint', bits: 16, channels: 13, photometric: 1 }))).toContain(
      'damaged or unsupported TIFF file: ',
    );
    expect(await problemOf(tiffOf({ format: 'float', bits: 64 }))).toContain('damaged or unsupported TIFF file: ');
  });

  test('a BMP file with run-length encoding, whose truncation would not be noticed', async () => {
    const bmp = Buffer.from(await golden('8-bit.bmp'));
    bmp.writeUInt32LE(1, 30);
    expect(await problemOf(bmp)).toBe('UndecodableImage: BMP file with compression 1: save it uncompressed');
  });

  test.each([
    ['no width', 0, 31],
    ['a negative width', -45, 31],
    ['no height', 45, 0],
  ])('a BMP file that claims %s', async (_what, width, height) => {
    const bmp = Buffer.from(await golden('24-bit.bmp'));
    bmp.writeInt32LE(width, 18);
    bmp.writeInt32LE(height, 22);
    expect(await problemOf(bmp)).toBe(`UndecodableImage: damaged BMP file: it claims ${width} x ${height} pixels`);
  });

  test('the name does not matter: a PNG file called .jpg is decoded', async () => {
    expect(await problemOf(await golden('colour.png'))).toBe('decoded 31x45');
  });
});

describe('forms of TIFF and BMP files that few programs write give the same pixels as the common ones', () => {
  test.each<[what: string, fields: TiffFields]>([
    ['8 bits, big-endian', { bigEndian: true }],
    ['16 bits: the high byte counts', { bits: 16 }],
    ['16 bits, big-endian', { bits: 16, bigEndian: true }],
    ['BigTIFF', { big: true }],
    ['BigTIFF, big-endian', { big: true, bigEndian: true }],
  ])('TIFF of %s', async (_what, fields) => {
    const usual = await decodeImage(tiffOf({}));
    expect([...usual.pixels.subarray(0, 9)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await decodeImage(tiffOf(fields))).toEqual(usual);
  });

  test('TIFF of grey in which zero is white: the values are inverted', async () => {
    const { pixels } = await decodeImage(tiffOf({ channels: 1, photometric: 0 }));
    expect([...pixels.subarray(0, 6)]).toEqual([255, 255, 255, 254, 254, 254]);
  });

  test('BMP of OS/2', async () => {
    const usual = await decodeImage(await golden('24-bit.bmp'));
    expect(await decodeImage(os2BmpOf(usual))).toEqual(usual);
  });
});
