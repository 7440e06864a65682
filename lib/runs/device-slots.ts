import type { Device } from '../training/device.ts';

/** The free devices of a worker. A worker accepts no more activities than it has slots, so there is always a device for each. */
export class DeviceSlots {
  readonly #free: Device[];

  constructor(devices: readonly Device[]) {
    this.#free = [...devices];
  }

  /** Runs work on a device that nothing else uses in the meantime. */
  async with<Result>(work: (device: Device) => Promise<Result>): Promise<Result> {
    const device = this.#free.shift();
    if (device === undefined) throw new Error('a worker accepted more trainings than it has slots');
    try {
      return await work(device);
    } finally {
      this.#free.unshift(device);
    }
  }
}
