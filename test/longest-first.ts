import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, longest first: one that began last would keep the others' processors waiting. */
const longest = [
  'test/package.test.ts',
  'test/commands/one-machine.test.ts',
  'test/control/instructions.test.ts',
  'test/control/command-trainer.test.ts',
  'test/control/own-server.test.ts',
  'test/commands/start.test.ts',
  'test/commands/ends.test.ts',
  'test/workflows/study.test.ts',
  'test/workflows/instructions.test.ts',
  'test/control/pause.test.ts',
  'test/lib/exports/export.test.ts',
  'test/lib/report/page/report.test.ts',
];

/** Begins with the longest files; those that share a process follow each other at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = (file: TestSpecification): number => {
      const index = longest.indexOf(relative(this.ctx.config.root, file.moduleId));
      return index < 0 ? longest.length : index;
    };
    const sharesProcess = ({ project }: TestSpecification) => Number(!project.config.isolate);
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b) || sharesProcess(a) - sharesProcess(b));
  }
}
