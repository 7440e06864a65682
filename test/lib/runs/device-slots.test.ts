import { expect, test } from 'vitest';
import { DeviceSlots } from '../../../lib/runs/device-slots.ts';
import type { Device } from '../../../lib/training/device.ts';

test('a device is held by one training at a time, and is free again if that fails', async () => {
  const slots = new DeviceSlots([
    { kind: 'gpu', index: 0 },
    { kind: 'gpu', index: 1 },
  ]);
  let release: () => void = () => {};
  const held: Device[] = [];
  const first = slots.with((device) => {
    held.push(device);
    return new Promise<void>((resolve) => (release = resolve));
  });
  const second = slots.with((device) => {
    held.push(device);
    return Promise.reject(new Error('out of memory'));
  });
  expect(held).toEqual([
    { kind: 'gpu', index: 0 },
    { kind: 'gpu', index: 1 },
  ]);
  await expect(second).rejects.toThrow('out of memory');
  expect(await slots.with((device) => Promise.resolve(device))).toEqual({ kind: 'gpu', index: 1 });
  release();
  await first;
});
