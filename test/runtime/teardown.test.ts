import { describe, expect, test } from 'vitest';
import { Teardown } from '../../runtime/teardown.ts';

describe('a teardown', () => {
  test('that is forced ends everything that would outlive the process, without waiting', () => {
    const log: string[] = [];
    const teardown = new Teardown();
    teardown.add(
      'server',
      () => Promise.reject(new Error('not asked')),
      () => log.push('server'),
    );
    teardown.add('workers', () => Promise.reject(new Error('not asked')));
    teardown.force();
    expect(log).toEqual(['server']);
  });

  test('can be forced while a step takes too long', async () => {
    const log: string[] = [];
    const teardown = new Teardown();
    let done = (): void => {};
    teardown.add(
      'server',
      () => new Promise<void>((resolve) => (done = resolve)),
      () => log.push('server'),
    );
    const running = teardown.run();
    teardown.force();
    expect(log).toEqual(['server']);
    done();
    await running;
    teardown.force();
    expect(log).toEqual(['server']);
  });

  test('carries out its steps once each, one after the other, in reverse order', async () => {
    const log: string[] = [];
    const teardown = new Teardown();
    teardown.add('server', () => void log.push('server'));
    teardown.add('workers', async () => {
      await Promise.resolve();
      log.push('workers');
    });
    await teardown.run();
    await teardown.run();
    expect(log).toEqual(['workers', 'server']);
  });

  test('continues if a step fails, and reports every failure', async () => {
    const log: string[] = [];
    const teardown = new Teardown();
    teardown.add('lock', () => Promise.reject(new Error('gone')));
    teardown.add('server', () => void log.push('server'));
    teardown.add('workers', () => Promise.reject(new Error('stuck')));
    await expect(teardown.run()).rejects.toThrow('workers: stuck; lock: gone');
    expect(log).toEqual(['server']);
  });
});
