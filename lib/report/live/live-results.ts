import { answer } from '../answer.ts';
import { pageTheme } from '../charts/theme.ts';
import { figuresOf, firstView } from '../figures/index.ts';
import { pageData } from '../page-data.ts';
import type { StudyReportInput } from '../study-report.ts';
import type { LiveResults } from './live-state.ts';

/** The results so far as the live page shows them. */
export function liveResults(input: StudyReportInput, at: number): LiveResults {
  const data = pageData(input);
  const { forest, training } = figuresOf(data);
  return {
    at,
    runs: input.rows.length,
    findings: answer(data),
    charts: [...forest, ...training].map((figure) => ({
      alternative: figure.alternative,
      svg: figure.draw(pageTheme, firstView).svg,
    })),
  };
}
