import type { Device } from '../training/device.ts';

/** The free devices of a worker. It takes no more activities than it has slots, so there always is one for each. */
export class DeviceSlots {
  readonly #free: Device[];

  constructor(devices: readonly Device[]) {
    this.#free = [...devices];
  }

  /** Works with a device that nobody else works with meanwhile. */
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
