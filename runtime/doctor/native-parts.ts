import type { NativePart } from '../../lib/native/index.ts';
import { nativeReadiness } from '../../lib/native/readiness.ts';
import { SetupError } from '../../lib/native/setup-error.ts';
import { failure, ok, warning, type Finding } from './finding.ts';
import { ownCommand } from './own-command.ts';

const name = 'native parts';

/** Checks whether native parts (all of them by default) are installed in the pinned versions. */
export async function checkNativeParts(parts?: readonly NativePart[]): Promise<Finding> {
  try {
    const { ready, missing, slower } = await nativeReadiness(undefined, parts);
    if (missing.length > 0) return failure(name, `missing: ${missing.join(', ')}`, ownCommand('setup'));
    const found = `${ready.join(', ')}; Node ${process.versions.node}`;
    if (slower.length === 0) return ok(name, found);
    return warning(
      name,
      `${found}; without the ${slower.join(', ')}, trainings on a CPU take at least a sixth longer`,
      `${ownCommand('setup')} (with a C++17 compiler)`,
    );
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return failure(name, error.message.split('\n')[0]!, error.cure);
  }
}
