import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { tensorflowEnvironment } from '../lib/native/environment.ts';
import { SummaryReporter } from '../test/summary-reporter.ts';

const soak = process.env['BEYOND_IMAGENET_SOAK'] === '1';

export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    include: soak ? ['test/**/*.soak.ts'] : ['test/**/*.test.ts'],
    // TensorFlow reads these when it loads; golden cases want short partial sums (commands/train.ts).
    env: {
      ...(await tensorflowEnvironment()),
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_NUM_INTRAOP_THREADS: '8',
      TF_CPP_MIN_LOG_LEVEL: '2',
    },
    globalSetup: 'test/built-program.ts',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: soak ? 3_600_000 : 60_000,
    hookTimeout: 120_000,
    reporters: ['default', new SummaryReporter()],
  },
});
