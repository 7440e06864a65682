import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../core/files/atomic-write.ts';
import { DatasetError } from '../dataset-error.ts';
import { splitNames, type BySplit, type CheckedFile } from '../manifest.ts';
import { fromBytes, toBytes } from './tables.ts';

/** Writes the positions of each split to a file: uint32, little-endian. */
export async function writePositions(folder: string, positions: BySplit<Uint32Array>): Promise<BySplit<CheckedFile>> {
  const files = splitNames.map(async (split) => {
    const bytes = toBytes(positions[split]);
    const file = `${split}.bin`;
    await writeFileAtomically(join(folder, file), bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return [split, { file, bytes: bytes.length, sha256 }] as const;
  });
  return Object.fromEntries(await Promise.all(files)) as BySplit<CheckedFile>;
}

/** Reads the positions back; throws a DatasetError naming a file that is missing or damaged. */
export async function readPositions(folder: string, files: BySplit<CheckedFile>): Promise<BySplit<Uint32Array>> {
  const entries = splitNames.map(async (split) => {
    const path = join(folder, files[split].file);
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new DatasetError(`${path} must exist: prepare the dataset again`);
      throw error;
    });
    const actual = createHash('sha256').update(bytes).digest('hex');
    if (actual !== files[split].sha256)
      throw new DatasetError(`${path} must have SHA-256 ${files[split].sha256}, got ${actual}`);
    return [split, fromBytes(bytes, Uint32Array)] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as BySplit<Uint32Array>;
}
