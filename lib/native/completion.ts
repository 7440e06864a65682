import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';

const markerFile = 'complete.json';

/** Path of each file, relative to the part's folder, and its size in bytes. */
const markerSchema = z.strictObject({ files: z.record(z.string(), z.int().min(0)) });

/** Marks a folder as complete by a list of its files with their sizes. */
export async function markComplete(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath ?? entry.path, entry.name);
        return [relative(directory, path), (await stat(path)).size] as const;
      }),
  );
  await writeFile(join(directory, markerFile), JSON.stringify({ files: Object.fromEntries(files) }));
}

/**
 * Whether a folder is marked complete and still holds every file at its full size. Contents are not read: that would take
 * seconds at every start, and nothing writes to these files once they exist.
 */
export async function isComplete(directory: string): Promise<boolean> {
  const text = await readFile(join(directory, markerFile), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const marker = markerSchema.safeParse(parseJson(text));
  if (!marker.success) return false;
  const present = await Promise.all(
    Object.entries(marker.data.files).map(([file, size]) =>
      stat(join(directory, file)).then(
        (stats) => stats.isFile() && stats.size === size,
        () => false,
      ),
    ),
  );
  return present.length > 0 && present.every(Boolean);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
