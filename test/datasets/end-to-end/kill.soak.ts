import { describe, test } from 'vitest';
import { downloads } from './forms.ts';
import { expectKillsToChangeNothing } from './killed-preparation.ts';

describe.each(downloads)('%s', (name, formsOf) => {
  test('killing its preparation changes no byte of it, in any form', async () => {
    for (const tree of Object.values(await formsOf())) await expectKillsToChangeNothing(name, tree);
  });
});
