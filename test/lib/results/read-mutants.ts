import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { parseJson } from '../../../lib/core/json.ts';
import { OperationalError } from '../../../lib/core/errors.ts';
import { catalogue } from '../../../lib/datasets/catalogue/index.ts';
import { parsePopulation } from '../../../lib/design-space/population-file.ts';
import { readTable } from '../../../lib/results/read-table.ts';
import { wideRows } from '../../../lib/results/wide-tables.ts';
import { parseStudyConfig } from '../../../lib/study/config.ts';

const readers: Record<string, (path: string) => Promise<unknown>> = {
  '.yaml': async (path) => parsePopulation(await readFile(path, 'utf8'), path),
  '.json': async (path) => {
    let document: unknown;
    try {
      document = parseJson(await readFile(path, 'utf8'));
    } catch (error) {
      if (error instanceof SyntaxError) return;
      throw error;
    }
    parseStudyConfig(document, catalogue);
  },
};

const readWideTable = async (path: string) => wideRows([await readTable(path)], { unit: 'accuracy-percent' });

/** Prints how reading each file of a folder ended: `read`, `refused`, or what went wrong. */
const folder = process.argv[2]!;
const found: Record<string, string> = {};
for (const name of await readdir(folder)) {
  // Processor time, not that of a clock: the machine may be busy.
  const start = process.cpuUsage();
  try {
    await (readers[extname(name)] ?? readWideTable)(join(folder, name));
    found[name] = 'read';
  } catch (error) {
    found[name] = error instanceof OperationalError ? 'refused' : `${(error as Error).stack ?? String(error)}`;
  }
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  if (seconds > 5) found[name] = `took ${seconds.toFixed(1)} s`;
}
process.stdout.write(JSON.stringify(found));
