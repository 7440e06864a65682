import { test } from 'vitest';
import { downloads } from './forms.ts';
import { expectKillsToChangeNothing } from './killed-preparation.ts';

// All readers: kill.soak.ts.
test('killing a preparation changes no byte of what it prepares', async () => {
  const [, formsOf] = downloads.find(([name]) => name === 'natural')!;
  await expectKillsToChangeNothing('natural', (await formsOf())['in a compressed tar']!);
});
