import type { Device } from '../../lib/training/device.ts';

/** The devices that differ: slots of a CPU are alike, and slots may share a GPU. */
export function differentDevices(devices: readonly Device[]): Device[] {
  return [...new Map(devices.map((device) => [JSON.stringify(device), device])).values()];
}
