import { Command } from 'commander';
import { totalmem } from 'node:os';
import { describe, expect, test, vi } from 'vitest';
import { addWorkerOptions } from '../../commands/options/worker-options.ts';
import { checkProcessors } from '../../runtime/doctor/processors.ts';
import type { Gpu } from '../../lib/training/device.ts';
import { gpusOfMachine, memoryOfMachine, trainingDevices, type WorkerOptions } from '../../runtime/devices.ts';

const gibibyte = 2 ** 30;
const parsed = (...args: string[]): WorkerOptions =>
  addWorkerOptions(new Command().exitOverride()).parse(args, { from: 'user' }).opts();

describe('the slots of a worker', () => {
  test('are one per core, with one thread each, on a machine without a GPU', () => {
    expect(trainingDevices({ gpus: [] }, 4, 64 * gibibyte)).toEqual(Array(4).fill({ kind: 'cpu', threads: 1 }));
  });

  test('are as many as fit into memory, and share the cores', () => {
    expect(trainingDevices({ gpus: [] }, 8, 6 * gibibyte)).toEqual(Array(2).fill({ kind: 'cpu', threads: 4 }));
    expect(trainingDevices({ gpus: [] }, 8, gibibyte)).toEqual([{ kind: 'cpu', threads: 8 }]);
  });

  test('are as many as fit into the memory of a container or a job, however much the machine has', () => {
    const constrained = vi.spyOn(process, 'constrainedMemory').mockReturnValue(6 * gibibyte);
    try {
      expect(trainingDevices({ gpus: [] }, 8)).toHaveLength(Math.min(2, Math.floor(totalmem() / (3 * gibibyte))));
      // No limit.
      constrained.mockReturnValue(0);
      expect(memoryOfMachine()).toBe(totalmem());
    } finally {
      constrained.mockRestore();
    }
  });

  test('are one per GPU, or are assigned to the GPUs in turn', () => {
    expect(trainingDevices({ gpus: [0, 2] }, 8, 64 * gibibyte)).toEqual([
      { kind: 'gpu', index: 0 },
      { kind: 'gpu', index: 2 },
    ]);
    const indices = trainingDevices({ gpus: [0, 2], slots: 4 }, 8, 64 * gibibyte).map(
      (device) => device.kind === 'gpu' && device.index,
    );
    expect(indices).toEqual([0, 2, 0, 2]);
  });

  test('are by default one for each GPU that the driver shows to this process, whatever files /dev has', () => {
    const driver = (count: number) => () => ({
      version: undefined,
      cuda: '12.8',
      gpus: Array.from({ length: count }, (_, index): Gpu => ({
        index,
        name: 'NVIDIA H100',
        computeCapability: [9, 0],
        memoryBytes: 80e9,
      })),
    });
    expect(gpusOfMachine(undefined, driver(2))).toEqual([0, 1]);
    expect(gpusOfMachine(undefined, driver(0))).toEqual([]);
    expect(gpusOfMachine(undefined, () => undefined)).toEqual([]);
    expect(gpusOfMachine('cpu', driver(2))).toEqual([]);
  });

  test('do not fall back to the CPU if the driver fails: the GPU that is then assumed is refused', () => {
    const broken = () => {
      throw new Error('the GPU driver failed: cuInit returned 803');
    };
    const devices = trainingDevices({ gpus: gpusOfMachine(undefined, broken) }, 4, 64 * gibibyte);
    expect(checkProcessors(devices, false, broken)).toMatchObject([{ status: 'failure' }]);
  });

  test('have the number and the threads that the options give', () => {
    const options = parsed('--slots', '3', '--threads', '2', '--gpus', 'none');
    expect(trainingDevices(options, 16, 64 * gibibyte)).toEqual(Array(3).fill({ kind: 'cpu', threads: 2 }));
    expect(parsed('--gpus', '0,1').gpus).toEqual([0, 1]);
  });

  test('refuses values that are not counts or indices', () => {
    expect(() => parsed('--slots', '0')).toThrow("'--slots <n>' argument '0' is invalid");
    expect(() => parsed('--gpus', 'all')).toThrow('indices such as 0,1');
  });
});
