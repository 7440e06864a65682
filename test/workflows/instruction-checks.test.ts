import { expect, test, vi } from 'vitest';
import { checkExtension } from '../../workflows/instruction-checks.ts';

vi.mock('@temporalio/workflow', async (original) => ({
  ...(await original<object>()),
  currentUpdateInfo: () => ({ id: 'an-instruction' }),
}));

test.each([{ architectures: 3 }, { networks: [{ name: 'resnet18' }] }, { datasets: [{ dataset: 'mnist' }] }])(
  'an extension may add networks or datasets: %o',
  (extension) => {
    expect(() => checkExtension(extension)).not.toThrow();
  },
);

test.each([{}, { networks: [], datasets: [] }])('an extension that adds nothing is refused: %o', (extension) => {
  expect(() => checkExtension(extension)).toThrow('An extension must name architectures, networks or datasets');
});
