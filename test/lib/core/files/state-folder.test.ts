import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { holdStateFolder, stateFolder } from '../../../../lib/core/files/state-folder.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

let root: string;
beforeEach(async () => {
  root = await temporaryFolder();
});

const unexpected = (reason: Error) => {
  throw reason;
};

describe('a state folder', () => {
  test('is named by --state, else by the environment, else .beyond-imagenet here', () => {
    const env = { BEYOND_IMAGENET_STATE: '/somewhere/else' };
    expect(stateFolder('/here', env).root).toBe('/here');
    expect(stateFolder(undefined, env).root).toBe('/somewhere/else');
    expect(stateFolder(undefined, {}).root).toBe(join(process.cwd(), '.beyond-imagenet'));
  });

  test('belongs to one process at a time', async () => {
    const state = stateFolder(root);
    const release = await holdStateFolder(state, unexpected);
    expect(await holdStateFolder(state, unexpected)).toBeUndefined();
    await release?.();
    const again = await holdStateFolder(state, unexpected);
    expect(again).toBeDefined();
    await again?.();
  });

  test('is free again within seconds of a kill', async () => {
    const state = stateFolder(root);
    const holder = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', '--input-type=module', '-e'],
        `import { holdStateFolder, stateFolder } from './lib/core/files/state-folder.ts';
         await holdStateFolder(stateFolder(${JSON.stringify(root)}), () => {});
         process.stdout.write('held'); setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const killed = Date.now();
    const release = await holdStateFolder(state, unexpected);
    expect(release).toBeDefined();
    expect(Date.now() - killed).toBeLessThan(7000);
    await release?.();
  });
});
