/** Returns the number of colour components in a JPEG file's frame header: 1 grey, 3 colour, 4 CMYK; undefined if it has no such header. */
export function jpegComponents(bytes: Uint8Array): number | undefined {
  // After the two start bytes come segments: a marker, a length that includes its own two bytes, and content.
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!;
    // SOF0 to SOF15 except DHT (C4), JPG (C8) and DAC (CC); ITU-T T.81, table B.1.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return bytes[at + 9];
    // Fill bytes before a marker.
    at += marker === 0xff ? 1 : 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
  }
  return undefined;
}
