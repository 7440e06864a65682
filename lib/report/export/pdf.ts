import { createRequire } from 'node:module';
import { finished } from 'node:stream/promises';
import { openSync } from 'fontkit';
import PDFDocument from 'pdfkit';
import svgToPdf from 'svg-to-pdfkit';
import type { Chart } from '../charts/chart.ts';

const { resolve } = createRequire(import.meta.url);
const opened = new Map<string, PDFKit.Mixins.PDFFontSource>();

/**
 * Opens a style of a font with the letters of most languages, including Greek, and the symbols of statistics. All PDFs share it: reading
 * its tables takes longer than drawing a chart.
 */
function dejaVu(style: 'DejaVuSans' | 'DejaVuSans-Bold'): PDFKit.Mixins.PDFFontSource {
  let font = opened.get(style);
  if (font === undefined) {
    // pdfkit accepts an opened font, too, although its types do not say so.
    font = openSync(resolve(`dejavu-fonts-ttf/ttf/${style}.ttf`)) as unknown as PDFKit.Mixins.PDFFontSource;
    opened.set(style, font);
  }
  return font;
}

/**
 * Converts a chart to a one-page PDF of its size with searchable text; equal charts give equal bytes. The PDF is drawn from the chart's
 * SVG, so that each chart is drawn by one function only. svg-to-pdfkit is seldom released, but supports all that charts use, and anything
 * that it cannot draw is an error; the alternative, a browser, would be a download of hundreds of megabytes.
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
