import type { Client } from '@temporalio/client';
import { connectTo } from '../../control/connection.ts';
import type { OpenClient } from '../../control/open-client.ts';
import { runningServer } from '../../control/running-server.ts';
import { configuredTarget, localTarget, type TemporalTarget } from '../../control/temporal-target.ts';
import { ConfigError, EnvironmentError } from '../../lib/core/errors.ts';
import type { StateFolder } from '../../lib/core/files/state-folder.ts';
import { searchAttributeTypes } from '../../workflows/search-attributes.ts';
import { isFair, workflowsOfTrial } from './fairness.ts';
import { failure, ok, reasonOf, warning, type Finding } from './finding.ts';

const name = 'Temporal server';

/** Checks whether the Temporal server of this machine's studies answers, and has the settings that studies use. */
export async function checkTemporalServer(state: StateFolder, triesFairness: boolean): Promise<Finding[]> {
  const configured = await configuredTarget();
  const running = configured === undefined ? await runningServer(state.temporal) : undefined;
  const target = configured ?? (running && localTarget(running.address));
  if (target === undefined) return [ok(name, 'none is configured: start runs its own')];
  return checkServerAt(target, triesFairness);
}

/**
 * Checks whether a Temporal server answers, and has the settings that studies use.
 * @param triesFairness whether to start workflows on it to find out if it shares tasks evenly
 */
export async function checkServerAt(target: TemporalTarget, triesFairness: boolean): Promise<Finding[]> {
  const address = target.connectionOptions.address ?? 'its default address';
  let opened: OpenClient;
  try {
    opened = await connectTo(target);
  } catch (error) {
    if (error instanceof ConfigError) return [failure(name, error.heading, error.problems.join('; '))];
    if (!(error instanceof EnvironmentError)) throw error;
    return [failure(name, error.message, 'start it, or set TEMPORAL_ADDRESS (or the profile) to its address')];
  }
  const { client, close } = opened;
  const { namespace } = target;
  try {
    const { serverVersion } = await client.workflowService.getSystemInfo({});
    return [
      ok(name, `${address}, version ${serverVersion ?? 'unknown'}, namespace ${namespace}`),
      await checkSearchAttributes(client, namespace),
      triesFairness ? await checkFairness(client, namespace) : fairnessNotTried,
    ];
  } catch (error) {
    const remedy =
      'see the message; check what this user may do there (TEMPORAL_API_KEY, TEMPORAL_TLS_*, or the profile)';
    return [failure(name, `${address}, namespace ${namespace}: ${reasonOf(error)}`, remedy)];
  } finally {
    await close();
  }
}

async function checkSearchAttributes(client: Client, namespace: string): Promise<Finding> {
  const what = 'search attributes';
  const { operatorService } = client.connection as unknown as {
    operatorService: {
      listSearchAttributes(request: { namespace: string }): Promise<{ customAttributes: Record<string, unknown> }>;
    };
  };
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = searchAttributeTypes.filter(([attribute]) => !(attribute in customAttributes));
  if (missing.length === 0) return ok(what, searchAttributeTypes.map(([attribute]) => attribute).join(', '));
  return warning(
    what,
    `${missing.map(([attribute]) => attribute).join(', ')} missing: studies run, but cannot be searched for by these`,
    `temporal operator search-attribute create --namespace ${namespace} ${missing.map(([attribute, type]) => `--name ${attribute} --type ${type}`).join(' ')}`,
  );
}

const what = 'fairness';

const fairnessNotTried = ok(
  what,
  `not tried: doctor --fairness finds out whether the server shares tasks evenly, with ${workflowsOfTrial} workflows that do nothing and are deleted`,
);

async function checkFairness(client: Client, namespace: string): Promise<Finding> {
  if (await isFair(client, namespace)) return ok(what, 'datasets and studies share the slots evenly');
  return warning(
    what,
    'off: datasets and studies that were started first get all the slots first',
    "set matching.enableFairness to true in the server's dynamic config",
  );
}
