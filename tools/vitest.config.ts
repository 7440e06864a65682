import { join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { tensorflowEnvironment } from '../lib/native/environment.ts';
import { LongestFirst } from '../test/longest-first.ts';
import { SummaryReporter } from '../test/summary-reporter.ts';

const soak = process.env['BEYOND_IMAGENET_SOAK'] === '1';

/** Tests of the science, which share processes: what one file has loaded is there for the next. */
const sharing = ['test/{lib,docs,tools}/**/*.test.ts'];

/** Those among them that replace modules, or that count the processes which theirs has started. */
const alone = [
  'test/lib/core/files/atomic-write.test.ts',
  'test/lib/training/{failing-runs,missing-library,native-operations,orphan,processes}.test.ts',
];

const project = (name: string, test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, ...test },
});

/** The only tests that run the built program. */
const globalSetup = 'test/built-program.ts';

export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    // TensorFlow reads these when it loads; golden cases want short partial sums (commands/train.ts).
    env: {
      ...(await tensorflowEnvironment()),
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_NUM_INTRAOP_THREADS: '8',
      TF_CPP_MIN_LOG_LEVEL: '2',
    },
    pool: 'forks',
    maxWorkers: soak ? 2 : 3,
    testTimeout: soak ? 3_600_000 : 60_000,
    hookTimeout: 120_000,
    reporters: ['default', new SummaryReporter()],
    sequence: { sequencer: LongestFirst },
    projects: soak
      ? [project('soak', { include: ['test/**/*.soak.ts'], globalSetup })]
      : [
          project('programs', { include: ['test/**/*.test.ts'], exclude: sharing, globalSetup }),
          project('alone', { include: alone }),
          project('science', { include: sharing, exclude: alone, isolate: false }),
        ],
  },
});
