import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stream } from '../../lib/core/random.ts';
import { isRefusal } from './subject.ts';
import { subjects } from './subjects.ts';

// Reads damaged files one after another, reports each before it is read, and ends at the first fault.
const [name, seed, count, folder] = process.argv.slice(2) as [string, string, string, string];
const { read } = await subjects[name]!(await mkdtemp(join(folder, 'scratch-')));
let refused = 0;
let index = 0;
process.on('unhandledRejection', (error: unknown) => {
  process.send!({ index, fault: `unhandled: ${String(error)}` });
  process.exit(1);
});
for (; index < Number(count); index++) {
  process.send!({ index });
  const own = await mkdtemp(join(folder, 'case-'));
  try {
    await read(stream(Number(seed), 'fuzzing', name, index), own);
  } catch (error) {
    if (!isRefusal(error)) {
      process.send!({ index, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      process.exit(1);
    }
    refused++;
  } finally {
    await rm(own, { recursive: true });
  }
}
process.send!({ index, refused, peakBytes: 1024 * process.resourceUsage().maxRSS });
process.disconnect();
