import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';

const project = fileURLToPath(new URL('..', import.meta.url));

/** The folders whose code can be part of a workflow. */
const sources = ['lib/core', 'lib/design-space', 'lib/datasets', 'lib/training', 'lib/study', 'workflows'];

export interface WorkflowBundle {
  path: string;
  /** Hash of the sources and of the SDK's version. */
  hash: string;
}

/**
 * The workflows' code as one file, ready for a worker. Bundling takes seconds, so it is done once for each state of the
 * sources and version of the SDK, and kept in `directory`.
 */
export async function workflowBundle(directory: string): Promise<WorkflowBundle> {
  const hash = await sourceHash();
  const path = join(directory, `workflows-${hash}.js`);
  if ((await stat(path).catch(() => undefined)) !== undefined) return { path, hash };
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(project, 'workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  await writeFileAtomically(path, code);
  return { path, hash };
}

async function sourceHash(): Promise<string> {
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  const hash = createHash('sha256').update(version);
  for (const folder of sources) {
    const files = await readdir(join(project, folder), { recursive: true });
    for (const file of files.filter((name) => /[.](ts|json)$/.test(name)).sort())
      hash.update(`\0${folder}/${file}\0`).update(await readFile(join(project, folder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
