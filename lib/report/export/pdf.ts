import { createRequire } from 'node:module';
import { finished } from 'node:stream/promises';
import { openSync } from 'fontkit';
import PDFDocument from 'pdfkit';
import svgToPdf from 'svg-to-pdfkit';
import type { Chart } from '../charts/chart.ts';

const { resolve } = createRequire(import.meta.url);
const opened = new Map<string, PDFKit.Mixins.PDFFontSource>();

/**
 * A style of a font that has the letters of most languages, Greek and the signs of statistics among them. All PDFs share it: to read its
 * tables takes longer than to draw a chart.
 */
function dejaVu(style: 'DejaVuSans' | 'DejaVuSans-Bold'): PDFKit.Mixins.PDFFontSource {
  let font = opened.get(style);
  if (font === undefined) {
    // pdfkit takes an opened font, too, which its types do not say.
    font = openSync(resolve(`dejavu-fonts-ttf/ttf/${style}.ttf`)) as unknown as PDFKit.Mixins.PDFFontSource;
    opened.set(style, font);
  }
  return font;
}

/**
 * A chart as a PDF of one page of its size, with text that can be searched; equal charts give equal bytes. The PDF is drawn from the
 * chart's SVG, so that there is one drawing of each chart. svg-to-pdfkit, which does this, is seldom released, but knows all that charts
 * use, and what it cannot draw is an error; a browser, the other way, would be a download of hundreds of megabytes.
 */
export async function pdfOf({ svg, width, height }: Chart, title: string): Promise<Buffer> {
  const document = new PDFDocument({
    size: [width, height],
    margin: 0,
    info: { Title: title, CreationDate: new Date(0), Producer: 'beyond-imagenet', Creator: 'beyond-imagenet' },
  });
  document.registerFont('regular', dejaVu('DejaVuSans')).registerFont('bold', dejaVu('DejaVuSans-Bold'));
  const parts: Buffer[] = [];
  document.on('data', (part: Buffer) => parts.push(part));
  svgToPdf(document, svg.text, 0, 0, {
    assumePt: true,
    fontCallback: (_family: string, isBold: boolean) => (isBold ? 'bold' : 'regular'),
    warningCallback: (warning: string) => {
      throw new Error(`a chart cannot be drawn as PDF: ${warning}`);
    },
  });
  document.end();
  await finished(document);
  return Buffer.concat(parts);
}
