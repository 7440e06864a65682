import { availableParallelism } from 'node:os';
import { describeDevice, describeGpu, type Device } from '../../lib/training/device.ts';
import { gpuDriver, type GpuDriver } from '../../lib/training/gpus.ts';
import { cpuHasBfloat16, precisionProblem } from '../../lib/training/precision.ts';
import { precisionSchema } from '../../lib/training/protocol.ts';
import { failure, ok, warning, type Finding } from './finding.ts';
import { ownCommand } from './own-command.ts';

/** TensorFlow's CUDA libraries are for CUDA 12, which every driver for 12.0 or later supports (NVIDIA, CUDA compatibility). */
const oldestCuda = 12;

/**
 * Compares the requested devices with those that exist: GPUs with their generation, memory and driver, or the CPU.
 * @param asksForGpu whether the user requires GPUs
 */
export function checkProcessors(
  devices: readonly Device[],
  asksForGpu: boolean = process.env['BEYOND_IMAGENET_DEVICE'] === 'gpu',
  findDriver: () => GpuDriver | undefined = gpuDriver,
): Finding[] {
  const wanted = [...new Set(devices.flatMap((device) => (device.kind === 'gpu' ? [device.index] : [])))];
  const onCpu = `or train on the CPU: ${asksForGpu ? 'BEYOND_IMAGENET_DEVICE=cpu' : '--gpus none'}`;
  let driver: GpuDriver | undefined;
  try {
    driver = findDriver();
  } catch (error) {
    const broken = ['GPUs', (error as Error).message] as const;
    const remedy = 'restart the machine, or reinstall the driver, until nvidia-smi lists the GPUs';
    return wanted.length === 0 && !asksForGpu
      ? [cpuFinding(devices), warning(...broken, remedy)]
      : [failure(...broken, `${remedy}; ${onCpu}`)];
  }
  const gpus = driver?.gpus ?? [];
  const missing = wanted.filter((index) => index >= gpus.length);
  if (missing.length > 0 || (asksForGpu && gpus.length === 0)) {
    const what = missing.length > 0 ? missing.map((index) => `GPU ${index}`).join(', ') : 'a GPU';
    const there =
      driver === undefined ? "NVIDIA's driver is not installed" : `the driver shows ${gpus.length} to this process`;
    return [
      failure(
        'GPUs',
        `${what} was asked for, but ${there}${visibility()}`,
        driver === undefined
          ? `install NVIDIA's driver and see that nvidia-smi lists the GPUs, ${onCpu}`
          : `name existing ones, counted from 0, e.g. --gpus 0, ${onCpu}`,
      ),
    ];
  }
  if (driver === undefined || gpus.length === 0) return [cpuFinding(devices)];
  if (Number(driver.cuda) < oldestCuda)
    return [
      failure(
        'GPUs',
        `the driver ${driver.version ?? ''} runs CUDA ${driver.cuda}; TensorFlow's libraries need CUDA ${oldestCuda}`,
        'install a newer NVIDIA driver: 525 or later',
      ),
    ];
  const found = gpus.map((gpu) => {
    const precisions = precisionSchema.options.filter((one) => !precisionProblem(one, { kind: 'gpu', gpu }));
    const memory = `${(gpu.memoryBytes / 1e9).toFixed(0)} GB`;
    return ok(
      `GPU ${gpu.index}`,
      `${describeGpu(gpu)}, ${memory}; driver ${driver.version ?? 'unknown'}, CUDA ${driver.cuda}; ${precisions.join(', ')}`,
    );
  });
  if (wanted.length > 0) return found;
  return [
    ...found,
    warning(
      'slots',
      `${slots(devices)}, though there are GPUs`,
      `BEYOND_IMAGENET_DEVICE=gpu ${ownCommand('setup')}, and no --gpus none`,
    ),
  ];
}

function cpuFinding(devices: readonly Device[]): Finding {
  const bfloat16 = cpuHasBfloat16() ? 'has' : 'does not have';
  return ok(
    'processor',
    `no GPU${visibility()}: ${slots(devices)}; the CPU has ${availableParallelism()} cores and ${bfloat16} instructions for bfloat16`,
  );
}

/** Names in parentheses the variable that may hide GPUs from this process. */
function visibility(): string {
  const visible = process.env['CUDA_VISIBLE_DEVICES'];
  return visible === undefined ? '' : ` (CUDA_VISIBLE_DEVICES=${visible})`;
}

function slots(devices: readonly Device[]): string {
  return `${devices.length} slot${devices.length === 1 ? '' : 's'} of ${[...new Set(devices.map(describeDevice))].join(' and ')}`;
}
