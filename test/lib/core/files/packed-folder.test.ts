import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packFolder } from '../../../../lib/core/files/packed-folder.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

test.each([
  ['cannot be opened', 'missing/archive.tar', 'ENOENT'],
  ['does not fit on its disk', '/dev/full', 'ENOSPC'],
])(
  'an archive that %s is an error for the caller, with its code, and does not end the process',
  async (_, path, code) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'state'));
    for (const name of ['a', 'b']) await writeFile(join(folder, 'state', name), Buffer.alloc(3_000_000));
    const archive = path.startsWith('/') ? path : join(folder, path);
    await expect(packFolder(archive, { state: join(folder, 'state') })).rejects.toMatchObject({ code });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(unhandled).toEqual([]);
  },
);

test('a file that cannot be read is an error with its path', async () => {
  const folder = await temporaryFolder();
  const packing = packFolder(join(folder, 'archive.tar'), { state: join(folder, 'missing') });
  await expect(packing).rejects.toMatchObject({ code: 'ENOENT', path: join(folder, 'missing') });
});
