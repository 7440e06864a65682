import { ensurePart } from '../../../lib/native/cache.ts';
import { fakePart } from './fake-part.ts';

/** A set-up in a process of its own, to be killed or run beside others: `<cache> <log> <milliseconds>`. */
const [cache, log, milliseconds] = process.argv.slice(2) as [string, string, string];
await ensurePart(fakePart({ log, milliseconds: Number(milliseconds) }), { cache });
