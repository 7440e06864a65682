import sharp from 'sharp';

/** Pixels of an image that differs from others by its number, in a colour that tells its class. */
function pixels(label: number, number: number, width: number, height: number): Buffer {
  const colour = [(label * 97) % 256, (label * 57 + 80) % 256, (label * 151 + 160) % 256];
  const bytes = Buffer.alloc(width * height * 3);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const stripe = (x * (1 + (number % 5)) + y * (1 + (number % 3)) + number) % 16;
      for (let channel = 0; channel < 3; channel++) bytes[i++] = (colour[channel]! + stripe * 4) % 256;
    }
  return bytes;
}

export interface Size {
  width: number;
  height: number;
}

const image = (label: number, number: number, { width, height }: Size) =>
  sharp(pixels(label, number, width, height), { raw: { width, height, channels: 3 } });

export const jpeg = (label: number, number: number, size: Size) =>
  image(label, number, size).jpeg({ quality: 85 }).toBuffer();

export const png = (label: number, number: number, size: Size) => image(label, number, size).png().toBuffer();

/** A Windows bitmap of 24 bits: no library of ours writes it. */
export function bmp(label: number, number: number, { width, height }: Size): Buffer {
  const rowBytes = Math.ceil((width * 3) / 4) * 4;
  const file = Buffer.alloc(54 + rowBytes * height);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  const source = pixels(label, number, width, height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++)
        file[54 + (height - 1 - y) * rowBytes + x * 3 + 2 - channel] = source[(y * width + x) * 3 + channel]!;
  return file;
}
