import type { Client } from '@temporalio/client';
import { connectTo } from '../../control/connection.ts';
import { runningServer } from '../../control/running-server.ts';
import { configuredTarget, localTarget, type TemporalTarget } from '../../control/temporal-target.ts';
import { EnvironmentError } from '../../lib/core/errors.ts';
import type { StateFolder } from '../../lib/core/files/state-folder.ts';
import { searchAttributeTypes } from '../../workflows/search-attributes.ts';
import { isFair } from './fairness.ts';
import { failure, ok, reasonOf, warning, type Finding } from './finding.ts';

const name = 'Temporal server';

/** gRPC's status code. */
const notFound = 5;

/** Whether the server of this machine's studies answers, and has the settings that they make use of. */
export async function checkTemporalServer(state: StateFolder): Promise<Finding[]> {
  const configured = await configuredTarget();
  const running = configured === undefined ? await runningServer(state.temporal) : undefined;
  const target = configured ?? (running && localTarget(running.address));
  if (target === undefined) return [ok(name, 'none is configured: start brings its own')];
  return checkServerAt(target);
}

/** The same of one server. */
export async function checkServerAt(target: TemporalTarget): Promise<Finding[]> {
  const address = target.connectionOptions.address ?? 'its default address';
  const { client, close } = await connectTo(target).catch((error: unknown) => {
    if (!(error instanceof EnvironmentError)) throw error;
    return { client: undefined, close: () => Promise.resolve() };
  });
  if (client === undefined)
    return [
      failure(name, `${address} does not answer`, 'start it, or set TEMPORAL_ADDRESS (or the profile) to where it is'),
    ];
  const { namespace } = target;
  try {
    const { serverVersion } = await client.workflowService.getSystemInfo({});
    await client.workflowService.describeNamespace({ namespace });
    return [
      ok(name, `${address}, version ${serverVersion ?? 'unknown'}, namespace ${namespace}`),
      await checkSearchAttributes(client, namespace),
      await checkFairness(client, namespace),
    ];
  } catch (error) {
    const isMissing = (error as { code?: unknown }).code === notFound;
    const remedy = isMissing
      ? `temporal operator namespace create --namespace ${namespace}, or name one that is there (TEMPORAL_NAMESPACE)`
      : 'see the message; check what this user may do there (TEMPORAL_API_KEY, TEMPORAL_TLS_*, or the profile)';
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
    `${missing.map(([attribute]) => attribute).join(', ')} missing: studies run, but are not found by them`,
    `temporal operator search-attribute create --namespace ${namespace} ${missing.map(([attribute, type]) => `--name ${attribute} --type ${type}`).join(' ')}`,
  );
}

async function checkFairness(client: Client, namespace: string): Promise<Finding> {
  const what = 'fairness';
  if (await isFair(client, namespace)) return ok(what, 'datasets and studies share the slots evenly');
  return warning(
    what,
    'off: of several datasets or studies those that were started first get the slots first',
    "set matching.enableFairness to true in the server's dynamic config",
  );
}
