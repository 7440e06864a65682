import type { RawImage } from '../../../../lib/datasets/source.ts';

/** A BMP file of OS/2: 24 bits a pixel, after a header of 12 bytes instead of 40. */
export function os2BmpOf({ pixels, height, width }: RawImage): Buffer {
  const rowBytes = Math.ceil((width * 3) / 4) * 4;
  const file = Buffer.alloc(26 + rowBytes * height);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(26, 10);
  file.writeUInt32LE(12, 14);
  file.writeUInt16LE(width, 18);
  file.writeUInt16LE(height, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt16LE(24, 24);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = pixels.subarray((y * width + x) * 3, (y * width + x + 1) * 3);
      file.set([pixel[2]!, pixel[1]!, pixel[0]!], 26 + (height - 1 - y) * rowBytes + x * 3);
    }
  return file;
}
