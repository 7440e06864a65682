import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { create, type Font } from 'fontkit';
import { format, resolveConfig } from 'prettier';
import subsetFont from 'subset-font';

/**
 * Writes the font of the reports: Source Sans 3 (SIL Open Font License) as one variable font with the letters of western European languages
 * and the signs of statistics, and their widths, so that charts can place their labels. Run it with `npx tsx tools/build-font.ts` after
 * changing the letters.
 */
const { resolve } = createRequire(import.meta.url);
const source = readFileSync(resolve('source-sans/VF/SourceSans3VF-Upright.ttf'));
const folder = fileURLToPath(new URL('../lib/report/font/', import.meta.url));

const between = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)).join('');
const letters = `${between(0x20, 0x7e)}${between(0xa0, 0xff)}ŒœŠšŸŽžłŁćęıŽ‐‑–—‘’“”„†•…‹›€−≤≥≈×·←↑→↓αβρτσ¹²³⁰⁴⁵⁶⁷⁸⁹●○▲▼▸▾`;

const weights = [400, 600, 700] as const;

const font = await subsetFont(source, letters, {
  targetFormat: 'woff2',
  // Small capitals and old-style figures would double its size.
  noLayoutClosure: true,
  variationAxes: { wght: { min: 400, max: 700 } },
});
const whole = create(source) as Font;
const known = [...new Set(letters)].filter((letter) => whole.hasGlyphForCodePoint(letter.codePointAt(0)!));
const advances = Object.fromEntries(
  weights.map((weight) => {
    const instance = whole.getVariation({ wght: weight });
    return [
      weight,
      known.map((letter) => Math.round(instance.glyphForCodePoint(letter.codePointAt(0)!).advanceWidth)).join(' '),
    ];
  }),
);

const generated = '// Written by tools/build-font.ts.\n';
await write(
  'embedded-font.ts',
  `/** Source Sans 3 as WOFF2 in base64, with weights from 400 to 700; its licence lies beside this file. */
export const embeddedFont = ${JSON.stringify(font.toString('base64'))};\n`,
);
await write(
  'font-advances.ts',
  `/** The characters of the embedded font. */
export const characters = ${JSON.stringify(known.join(''))};

/** How wide each of them is, in thousandths of the font size, by weight. */
export const advances = ${JSON.stringify(advances)};\n`,
);

async function write(name: string, text: string): Promise<void> {
  const options = (await resolveConfig(folder)) ?? {};
  writeFileSync(`${folder}${name}`, await format(generated + text, { ...options, parser: 'typescript' }));
}

process.stdout.write(`${Math.round(font.length / 100) / 10} kB, ${known.length} characters\n`);
