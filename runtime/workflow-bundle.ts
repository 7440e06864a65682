import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePart, type CacheOptions } from '../lib/native/index.ts';

const project = fileURLToPath(new URL('..', import.meta.url));

/** Folders whose code workflows may import. */
const sources = ['lib/core', 'lib/design-space', 'lib/datasets', 'lib/training', 'lib/study', 'workflows'];

/** The bundle in the published package. */
export const publishedBundle = new URL('workflows.js', import.meta.url);

export interface WorkflowBundle {
  path: string;
  /** Changes whenever the workflows' code may have changed. */
  hash: string;
}

/**
 * Returns the workflows' code as one file for workers. The published package contains it. In a checkout, bundling takes seconds, so it is
 * done once for each state of the sources and version of the SDK, and the result is kept in the user's cache.
 */
export async function workflowBundle({ cache }: Pick<CacheOptions, 'cache'> = {}): Promise<WorkflowBundle> {
  const path = fileURLToPath(publishedBundle);
  if (existsSync(path)) return { path, hash: shortHash(createHash('sha256').update(await readFile(path))) };
  const hash = await sourceHash();
  const folder = await ensurePart(
    {
      title: 'workflows',
      folder: `workflows-${hash}`,
      diskBytes: 10e6,
      install: async ({ directory }) => writeFile(join(directory, 'workflows.js'), await bundleWorkflows()),
    },
    { cache },
  );
  return { path: join(folder, 'workflows.js'), hash };
}

/** Bundles the workflows of a checkout. */
async function bundleWorkflows(): Promise<string> {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(project, 'workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  return code;
}

async function sourceHash(): Promise<string> {
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  const hash = createHash('sha256').update(version);
  for (const folder of sources) {
    const files = await readdir(join(project, folder), { recursive: true });
    for (const file of files.filter((name) => /[.](ts|json)$/.test(name)).sort())
      hash.update(`\0${folder}/${file}\0`).update(await readFile(join(project, folder, file)));
  }
  return shortHash(hash);
}

const shortHash = (hash: ReturnType<typeof createHash>) => hash.digest('hex').slice(0, 16);
