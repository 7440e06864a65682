import { pageTheme } from '../charts/theme.ts';
import { reportData, type StudyReportInput } from '../study-report.ts';
import { figuresOf, findingsOf, initialDisplay } from '../topics/index.ts';
import type { LiveResults } from './live-state.ts';

/** Returns the results so far in the form that the live page shows. */
export function liveResults(input: StudyReportInput, at: number): LiveResults {
  const data = reportData(input);
  const shown = figuresOf(data).filter(({ id }) => id === 'carry-over' || id.startsWith('training-'));
  return {
    at,
    runs: input.rows.length,
    findings: findingsOf(data),
    charts: shown.map((figure) => ({
      alternative: figure.alternative,
      svg: figure.draw(pageTheme, initialDisplay).svg.text,
    })),
  };
}
