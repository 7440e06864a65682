import { expect, test } from 'vitest';
import { protocolInWords } from '../../report/study-results.ts';
import { catalogue } from '../../datasets/catalogue/index.ts';
import { parseStudyConfig } from '../../study/config.ts';
import { applyOverrides } from '../../study/overrides.ts';
import { preset } from '../../study/presets.ts';

const inWords = (...overrides: string[]) =>
  protocolInWords(parseStudyConfig(applyOverrides(preset('quickstart'), overrides), catalogue));

test('a report says how networks were trained, and where a dataset has a protocol of its own', () => {
  expect(inWords('protocol.precision=bfloat16')).toBe('2 epochs, batches of 50, learning rate 0.1, bfloat16');
  expect(inWords('datasets.1.protocol={"epochs":5}')).toBe(
    '2 epochs, batches of 50, learning rate 0.1, float32; mnist: 5 epochs, batches of 50, learning rate 0.1, float32',
  );
});
