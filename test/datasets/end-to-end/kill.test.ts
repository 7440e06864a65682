import { test } from 'vitest';
import { downloads } from './forms.ts';
import { expectKillsToChangeNothing } from './killed-preparation.ts';

// All readers: kill.soak.ts.
test.each([
  ['natural', 'in a compressed tar'],
  ['cifar10', 'as downloaded'],
])('%s, %s: killing its preparation changes no byte of it', async (name, form) => {
  const [, formsOf] = downloads.find(([other]) => other === name)!;
  await expectKillsToChangeNothing(name, (await formsOf())[form]!);
});
