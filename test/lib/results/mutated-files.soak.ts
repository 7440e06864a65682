import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { stream, type RandomStream } from '../../../lib/core/random.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const repository = join(here, '../../..');
const seconds = 5;
const heapMegabytes = 1024;
const mutants = Number(process.env['BEYOND_IMAGENET_MUTANTS'] ?? 150);

/** Changes, removes, repeats or inserts some bytes. */
function mutated(content: Buffer, rng: RandomStream): Buffer {
  let bytes = Buffer.from(content);
  const place = () => Math.floor(rng.uniform() * bytes.length);
  for (let change = 0; change <= Math.floor(rng.uniform() * 4); change++) {
    const at = place();
    switch (Math.floor(rng.uniform() * 6)) {
      case 0:
        bytes[at] = Math.floor(rng.uniform() * 256);
        break;
      case 1:
        bytes[at]! ^= 1 << Math.floor(rng.uniform() * 8);
        break;
      case 2:
        bytes = bytes.subarray(0, at);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + place() / 8))]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.floor(at / 2), at), bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from('["{\0,;=1e999'.repeat(40)), bytes.subarray(at)]);
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

/** Reads files in a process of bounded memory, each in bounded time; returns how each ended. */
async function outcomes(folder: string): Promise<Record<string, string>> {
  const arguments_ = [
    '--import',
    'tsx',
    `--max-old-space-size=${heapMegabytes}`,
    join(here, 'read-mutants.ts'),
    folder,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, arguments_, { cwd: repository, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as Record<string, string>;
}

const golden = join(here, 'golden');
const other = join(here, 'other-writers');
const sources: [kind: string, content: Buffer][] = [];
for (const folder of [golden, other])
  for (const name of await readdir(folder))
    if (/[.](csv|parquet|arrow|feather)$/.test(name)) sources.push([`${name}`, await readFile(join(folder, name))]);
sources.push(['semicolons.csv', Buffer.from('model;val;params\na;76,1;1.013,5\nb;71,6;25\n')]);
sources.push([
  'pycls.yaml',
  Buffer.from(
    'MODEL: {TYPE: anynet, NUM_CLASSES: 10}\nANYNET:\n  STEM_TYPE: res_stem_cifar\n  STEM_W: 16\n  DEPTHS: [1, 2]\n  WIDTHS: [16, 32]\n  STRIDES: [1, 2]\n  BOT_MULS: [1.0, 0.5]\n  GROUP_WS: [8, 4]\n',
  ),
]);
sources.push(['config.json', await readFile(join(repository, 'lib/study/presets/quickstart.json'))]);

test.each(sources)(
  `${mutants} mutants of %s are read, or refused by name: never a stack, more than ${seconds} s or ${heapMegabytes} MiB`,
  async (name, content) => {
    const folder = join(await temporaryFolder(), 'mutants');
    await mkdir(folder);
    const rng = stream(Number(process.env['BEYOND_IMAGENET_SEED'] ?? 0), 'mutants', name);
    for (let index = 0; index < mutants; index++)
      await writeFile(join(folder, `${index}${extname(name)}`), mutated(content, rng));
    const found = await outcomes(folder);
    expect(Object.keys(found)).toHaveLength(mutants);
    const bad = Object.entries(found).filter(([, outcome]) => outcome !== 'read' && outcome !== 'refused');
    expect(bad).toEqual([]);
    await rm(folder, { recursive: true });
  },
);
