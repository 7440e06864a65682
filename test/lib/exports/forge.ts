import { writeFile } from 'node:fs/promises';
import { zipOf } from '../../../lib/core/files/zip.ts';
import { sha256, type ExportIndex } from '../../../lib/exports/export-index.ts';
import { openExport } from '../../../lib/exports/open-export.ts';

export type Files = Map<string, Buffer>;

/** All files of an export, `export.json` among them. */
export async function filesOf(path: string): Promise<Files> {
  const { names, store, index } = await openExport(path);
  const files: Files = new Map();
  for (const name of names) files.set(name, (await store.get(name))!);
  return files.set('export.json', Buffer.from(JSON.stringify(index)));
}

/** Writes files as an export whose checksums are all correct. */
export async function sealed(path: string, files: Files): Promise<string> {
  const index = JSON.parse(files.get('export.json')!.toString()) as ExportIndex;
  const own = [...files].filter(([name]) => name !== 'export.json' && name !== 'README.txt');
  index.files = Object.fromEntries(own.map(([name, content]) => [name, sha256(content)]));
  await writeFile(path, await zipOf(new Map([...files, ['export.json', Buffer.from(JSON.stringify(index))]])));
  return path;
}

/** Changes one file of an export, which must be different afterwards. */
export function edit(files: Files, name: string | RegExp, change: (text: string) => string): void {
  const found = typeof name === 'string' ? name : [...files.keys()].find((candidate) => name.test(candidate))!;
  const before = files.get(found)!.toString();
  const after = change(before);
  if (after === before) throw new Error(`${found} was not changed`);
  files.set(found, Buffer.from(after));
}

/** Changes the JSON document in a file of an export. */
export const editJson = <Document>(
  files: Files,
  name: string | RegExp,
  change: (document: Document) => unknown,
): void =>
  edit(files, name, (text) => {
    const document = JSON.parse(text) as Document;
    return `${JSON.stringify(change(document) ?? document, undefined, 2)}\n`;
  });
