import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { stateFolder } from '../../../lib/core/files/state-folder.ts';
import { addUser, removeIfOver, usersOf, type HostUser } from '../../../runtime/host/host-users.ts';
import { processIdentity } from '../../../runtime/process-identity.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<{ readFile: typeof readFile }>();
  return { ...original, readFile: vi.fn(original.readFile) };
});

test.each(['EMFILE', 'EIO'])("a user's note is kept if it is temporarily unreadable (%s)", async (code) => {
  const state = stateFolder(await temporaryFolder());
  const options = { state: state.root, isRehearsal: true, needsTensorFlow: false };
  const identity = (await processIdentity(process.pid))!;
  const users: HostUser[] = [
    { name: 'start mine', studyId: 'mine', options, by: { kind: 'process', pid: process.pid, identity } },
    { name: 'start yours', studyId: 'yours', options, by: { kind: 'study' } },
  ];
  for (const user of users) await addUser(state, user);
  const error = Object.assign(new Error(`${code}: it cannot be read`), { code });
  for (const failing of ['study-yours.json', '/proc/']) {
    const read = vi.mocked(readFile).getMockImplementation()!;
    vi.mocked(readFile).mockImplementation((path, ...rest) =>
      (path as string).includes(failing) ? Promise.reject(error) : read(path, ...rest),
    );
    await expect(usersOf(state)).rejects.toBe(error);
    vi.mocked(readFile).mockImplementation(read);
    expect(await readdir(join(state.root, 'users'))).toHaveLength(2);
  }
  expect(await usersOf(state)).toEqual(users);
});

test('a study that has ended and is extended at the same time keeps its note', async () => {
  const state = stateFolder(await temporaryFolder());
  const options = { state: state.root, isRehearsal: true, needsTensorFlow: false };
  const study: HostUser = { name: 'start mine', studyId: 'mine', options, by: { kind: 'study' } };
  await addUser(state, study);
  const answers = [true, false];
  await removeIfOver(state, study, async () => {
    const answer = answers.shift()!;
    // The answer dates from before the extension.
    if (answer) await addUser(state, study);
    return answer;
  });
  expect(await usersOf(state)).toEqual([study]);
  await removeIfOver(state, study, () => Promise.resolve(true));
  expect(await usersOf(state)).toEqual([]);
});
