import { nativeReadiness } from '../../lib/native/readiness.ts';
import { SetupError } from '../../lib/native/setup-error.ts';
import { failure, ok, type Finding } from './finding.ts';
import { ownCommand } from './own-command.ts';

const name = 'native parts';

/** Whether TensorFlow, its binding and the Temporal server are there, in the versions that are pinned. */
export async function checkNativeParts(): Promise<Finding> {
  try {
    const { ready, missing } = await nativeReadiness();
    return missing.length === 0
      ? ok(name, `${ready.join(', ')}; Node ${process.versions.node}`)
      : failure(name, `missing: ${missing.join(', ')}`, ownCommand('setup'));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return failure(name, error.message.split('\n')[0]!, error.cure);
  }
}
