import { join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { tensorflowEnvironment } from '../lib/native/environment.ts';
import { LongestFirst } from '../test/longest-first.ts';
import { SummaryReporter } from '../test/summary-reporter.ts';

const soak = process.env['BEYOND_IMAGENET_SOAK'] === '1';

/** Files whose tests only compute, and so share processes. Others start servers and programs, replace modules, or load TensorFlow. */
const together = [
  'test/lib/{analysis,design-space,study}/**/*.test.ts',
  'test/lib/report/{charts,topics,words}/**/*.test.ts',
];

const project = (name: string, test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, ...test },
});

export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    // TensorFlow reads these when it loads; golden cases need short partial sums (commands/train.ts).
    env: {
      ...(await tensorflowEnvironment()),
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_NUM_INTRAOP_THREADS: '8',
      TF_CPP_MIN_LOG_LEVEL: '2',
    },
    pool: 'forks',
    // Compiled modules are cached between runs, which saves a fifth of the processor time when testing one folder.
    experimental: {
      fsModuleCache: true,
      fsModuleCachePath: join(import.meta.dirname, '../node_modules/.cache/beyond-imagenet/test-modules'),
    },
    maxWorkers: soak ? 2 : 3,
    testTimeout: soak ? 3_600_000 : 60_000,
    hookTimeout: 120_000,
    reporters: ['default', new SummaryReporter()],
    sequence: { sequencer: LongestFirst },
    projects: soak
      ? [project('soak', { include: ['test/**/*.soak.ts'], globalSetup: 'test/built-program.ts' })]
      : [
          project('apart', { include: ['test/**/*.test.ts'], exclude: together, globalSetup: 'test/built-program.ts' }),
          // Modules that one file has loaded are already there for the next.
          project('together', { include: together, isolate: false }),
        ],
  },
});
