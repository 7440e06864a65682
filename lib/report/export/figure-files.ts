import { lightTheme } from '../charts/theme.ts';
import { figureCsv } from '../figure-csv.ts';
import { reportData, type StudyReportInput } from '../study-report.ts';
import { figuresOf, initialDisplay } from '../topics/index.ts';
import { markdownSummary } from './markdown.ts';
import { pdfOf } from './pdf.ts';

/** Yields every figure of a report as SVG, PDF and CSV in `figures/`, and `summary.md`: paths with contents. */
export async function* figureFiles(input: StudyReportInput): AsyncGenerator<[path: string, content: string | Buffer]> {
  const data = reportData(input);
  yield ['summary.md', markdownSummary(input.title, data, input.methods?.config.rehearsal !== undefined)];
  for (const figure of figuresOf(data)) {
    const chart = figure.draw(lightTheme, initialDisplay);
    yield [`figures/${figure.id}.svg`, chart.svg.text];
    yield [`figures/${figure.id}.pdf`, await pdfOf(chart, figure.alternative)];
    yield [`figures/${figure.id}.csv`, figureCsv(figure.table())];
  }
}
