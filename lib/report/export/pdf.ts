import { createRequire } from 'node:module';
import { finished } from 'node:stream/promises';
import PDFDocument from 'pdfkit';
import svgToPdf from 'svg-to-pdfkit';
import type { Chart } from '../charts/chart.ts';

const fonts = createRequire(import.meta.url);
/** A font that has the letters of most languages, Greek and the signs of statistics among them. */
const regular = () => fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
const bold = () => fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');

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
  document.registerFont('regular', regular()).registerFont('bold', bold());
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
