import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileAtomically } from '../../../lib/core/files/atomic-write.ts';
import { stateFolder } from '../../../lib/core/files/state-folder.ts';
import { readDescription } from '../../../runtime/host/host-description.ts';
import { usersOf } from '../../../runtime/host/host-users.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test.each(['', '{', '{}', 'null', '{"pid":0}', '{"pid":-1,"identity":"x"}'])(
  'a damaged note (%j) describes no host, and is not a user',
  async (text) => {
    const state = stateFolder(await temporaryFolder());
    for (const file of ['host.json', 'users/process-1.json']) await writeFileAtomically(join(state.root, file), text);
    expect(await readDescription(state)).toBeUndefined();
    expect(await usersOf(state)).toEqual([]);
    expect(await readdir(join(state.root, 'users'))).toEqual([]);
  },
);
