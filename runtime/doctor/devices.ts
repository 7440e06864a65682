import type { Device } from '../../lib/training/device.ts';

/** Devices without repetitions: all slots of a CPU are equal, and slots may share a GPU. */
export function differentDevices(devices: readonly Device[]): Device[] {
  return [...new Map(devices.map((device) => [JSON.stringify(device), device])).values()];
}
