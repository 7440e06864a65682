import { join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { tensorflowEnvironment } from '../lib/native/environment.ts';
import { LongestFirst } from '../test/longest-first.ts';
import { SummaryReporter } from '../test/summary-reporter.ts';

const soak = process.env['BEYOND_IMAGENET_SOAK'] === '1';

/** Files whose tests start servers and programs, catch signals, replace modules, or count the processes that theirs has started. */
const apart = [
  'test/package.test.ts',
  'test/activities/attempts.test.ts',
  'test/commands/{ends,interruption,one-machine,start,steer,train,without-native-parts}.test.ts',
  'test/control/{command-trainer,instructions,live-status,own-server,pause,start}.test.ts',
  'test/lib/core/files/atomic-write.test.ts',
  'test/lib/store/vanishing-store.test.ts',
  'test/lib/training/{failing-runs,missing-library,native-operations,orphan,processes}.test.ts',
  'test/runtime/{temporal-server,doctor/temporal-server}.test.ts',
  'test/workflows/{instruction-checks,instructions,replay,study,work-queue}.test.ts',
];

const project = (name: string, test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, ...test },
});

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
      ? [project('soak', { include: ['test/**/*.soak.ts'], globalSetup: 'test/built-program.ts' })]
      : [
          project('apart', { include: apart, globalSetup: 'test/built-program.ts' }),
          // What one file has loaded is there for the next, which takes a fifth of the processor time.
          project('together', { include: ['test/**/*.test.ts'], exclude: apart, isolate: false }),
        ],
  },
});
