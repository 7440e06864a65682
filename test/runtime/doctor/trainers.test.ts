import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { failure, ok } from '../../../runtime/doctor/finding.ts';
import { checkCommand, trainersInWords } from '../../../runtime/doctor/trainers.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const check = (program: string) => checkCommand({ name: 'mine', command: [program, 'train.py'] });

test('the command of a study is looked for on the PATH, by its path, or among its files', async () => {
  const folder = await temporaryFolder();
  const program = join(folder, 'my-python');
  await writeFile(program, '');
  vi.stubEnv('PATH', folder);
  expect(check('my-python')).toMatchObject({
    name: 'trainer mine',
    status: 'failure',
    detail: 'its command "my-python" is not on this machine',
  });
  await chmod(program, 0o755);
  expect(check('my-python')).toMatchObject({ status: 'ok', detail: expect.stringContaining(program) as string });
  expect(check(program).status).toBe('ok');
  expect(check(`${program}3`).status).toBe('failure');
  expect(check('./train.sh')).toMatchObject({ status: 'ok', detail: expect.stringContaining('its files') as string });
  vi.unstubAllEnvs();
});

test("without TensorFlow a machine can run the commands of studies, but not this program's engine", () => {
  expect(trainersInWords(ok('native parts', 'libtensorflow'))).toMatchObject({
    status: 'ok',
    detail: expect.stringMatching(/^this program's engine, and commands that studies name/) as string,
  });
  expect(trainersInWords(failure('native parts', 'missing: libtensorflow', 'setup'))).toMatchObject({
    status: 'warning',
    detail: expect.stringMatching(/^commands .*; not this program's engine: missing: libtensorflow$/) as string,
    remedy: 'setup',
  });
});
