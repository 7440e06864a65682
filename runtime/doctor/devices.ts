import type { Device } from '../../lib/training/device.ts';

/** Removes duplicates from devices: all slots of a CPU are equal, and slots may share a GPU. */
export function differentDevices(devices: readonly Device[]): Device[] {
  return [...new Map(devices.map((device) => [JSON.stringify(device), device])).values()];
}
