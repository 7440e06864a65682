import { userCache } from '../core/files/user-cache.ts';
import { ensureNativeParts, ProgressLines, SetupError, type NativePart } from './index.ts';

/** `npm run setup`: installs the native parts; the Temporal server only if none is configured. Exit code 1 on failure. */
const { TEMPORAL_ADDRESS, TEMPORAL_PROFILE } = process.env;
const parts: NativePart[] = TEMPORAL_ADDRESS || TEMPORAL_PROFILE ? ['tensorflow'] : ['tensorflow', 'temporal'];
const lines = new ProgressLines();
try {
  await ensureNativeParts({ parts, onProgress: lines.update });
  process.stderr.write(`Native parts are ready in ${userCache()}\n`);
} catch (error) {
  lines.end();
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
