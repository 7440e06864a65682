import { decode } from '@cwasm/nsbmp';
import type { RawImage } from '../source.ts';
import { checkPixels, UndecodableImage } from './undecodable-image.ts';

/** The fields of a BMP file's headers, in both versions of the format. */
interface BmpHeader {
  width: number;
  /** Negative if the rows start at the top. */
  height: number;
  /** 0 for none; 3 for none, with masks for the bits of each colour. */
  compression: number;
}

/** Compressions that store pixels one by one, so that truncated files are noticed. */
const uncompressed = [0, 3];

/**
 * Decodes a BMP file of Windows or OS/2 to RGB.
 *
 * NetSurf's decoder, as WebAssembly, agrees with Pillow for 1, 4, 8, 24 and 32 bits and for rows in either order. The JavaScript decoders
 * on npm (bmp-ts, fast-bmp, compared in 2026) refuse OS/2 files, and decode some of these forms or their truncations to wrong pixels.
 * Run-length encoding is refused, because NetSurf's decoder accepts truncated files of this kind.
 */
export function decodeBmp(bytes: Buffer): RawImage {
  const { width, height, compression } = headerOf(bytes);
  if (!(width > 0) || height === 0)
    throw new UndecodableImage(`damaged BMP file: it claims ${width} x ${height} pixels`);
  checkPixels(width, Math.abs(height));
  if (!uncompressed.includes(compression))
    throw new UndecodableImage(`BMP file with compression ${compression}: save it uncompressed`);
  const image = decode(bytes);
  const pixels = new Uint8Array(image.height * image.width * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3)
    pixels.set(image.data.subarray(from, from + 3), to);
  return { pixels, height: image.height, width: image.width, channels: 3 };
}

/** Reads the headers; the second one follows the 14 bytes of the first and begins with its own size. */
function headerOf(bytes: Buffer): BmpHeader {
  if (bytes.length < 26) throw new UndecodableImage('damaged BMP file: it ends within its header');
  if (bytes.readUInt32LE(14) === 12)
    return { width: bytes.readUInt16LE(18), height: bytes.readInt16LE(20), compression: 0 };
  if (bytes.length < 54) throw new UndecodableImage('damaged BMP file: it ends within its header');
  return { width: bytes.readInt32LE(18), height: bytes.readInt32LE(22), compression: bytes.readUInt32LE(30) };
}
