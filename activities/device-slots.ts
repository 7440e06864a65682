import type { Device } from '../training/device.ts';

export interface SlotOptions {
  /** Trainings at a time. */
  slots: number;
  /** Indices of the GPUs to use; none for the CPU. */
  gpus?: readonly number[];
  /** CPU threads of each slot; the cores shared out by default. */
  threads?: number | undefined;
  /** Of this machine. */
  cores: number;
}

/** The device of each slot: the GPUs in turn, or the cores in equal parts. */
export function devicesOf({ slots, gpus = [], threads, cores }: SlotOptions): Device[] {
  return Array.from({ length: slots }, (_, slot) =>
    gpus.length > 0
      ? { kind: 'gpu', index: gpus[slot % gpus.length] as number }
      : { kind: 'cpu', threads: threads ?? Math.max(1, Math.floor(cores / slots)) },
  );
}

/** The free devices of a worker. It takes no more activities than it has slots, so there always is one for each. */
export class DeviceSlots {
  readonly #free: Device[];

  constructor(devices: readonly Device[]) {
    this.#free = [...devices];
  }

  /** Works with a device that nobody else works with meanwhile. */
  async with<Result>(work: (device: Device) => Promise<Result>): Promise<Result> {
    const device = this.#free.shift();
    if (device === undefined) throw new Error('a worker took more trainings than it has slots');
    try {
      return await work(device);
    } finally {
      this.#free.unshift(device);
    }
  }
}
