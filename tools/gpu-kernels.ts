import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { determinismMessages, gpuKernels, type KernelTable } from '../lib/native/kernel-table.ts';
import { ProgressLines } from '../lib/native/progress-lines.ts';
import { TensorFlowApi } from '../lib/native/tensorflow-api.ts';
import { tensorflowLibraries, unpackTensorflow } from '../lib/native/tensorflow.ts';
import { downloadWheels } from '../lib/native/wheel-download.ts';
import { tensorflowVersion, tensorflowWheels } from '../lib/native/wheels.ts';

/**
 * `tsx tools/gpu-kernels.ts FILE`: writes the table of kernels that TensorFlow's GPU build has for GPUs, read from the library itself. This
 * needs no GPU and none of NVIDIA's libraries; the wheel (573 MB) is downloaded and not kept.
 */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: tsx tools/gpu-kernels.ts FILE');
const folder = await mkdtemp(join(tmpdir(), 'gpu-kernels-'));
const lines = new ProgressLines();
try {
  const [wheel] = tensorflowWheels('linux-x64', 'gpu');
  const part = `TensorFlow ${tensorflowVersion} for GPUs`;
  const [path] = await downloadWheels([wheel!], folder, (progress) =>
    lines.update({ part, activity: { state: 'downloading', ...progress } }),
  );
  lines.update({ part, activity: { state: 'unpacking' } });
  await unpackTensorflow(path!, folder);
  const table: KernelTable = {
    library: `tensorflow ${tensorflowVersion}, GPU build`,
    determinismMessages: determinismMessages(await readFile(join(folder, 'tensorflow', tensorflowLibraries[0]))),
    kernels: gpuKernels(new TensorFlowApi(folder).kernels()),
  };
  await writeFile(file, text(table));
} finally {
  lines.end();
  await rm(folder, { recursive: true });
}

/** Formats the table as JSON with a line for each operation. */
function text({ library, determinismMessages: messages, kernels }: KernelTable): string {
  const list = (items: string[]) => items.map((item) => `    ${item}`).join(',\n');
  return `{
  "library": ${JSON.stringify(library)},
  "determinismMessages": [
${list(messages.map((message) => JSON.stringify(message)))}
  ],
  "kernels": {
${list(Object.entries(kernels).map(([op, alternatives]) => `${JSON.stringify(op)}: ${JSON.stringify(alternatives)}`))}
  }
}
`;
}
