import type { ClientConnectConfig } from '@temporalio/envconfig';

/** How this process reaches a Temporal server. */
export interface TemporalTarget {
  connectionOptions: ClientConnectConfig['connectionOptions'];
  namespace: string;
}

/**
 * The server that the user configured: by TEMPORAL_ADDRESS and related variables, or by a profile in Temporal's configuration file
 * (TEMPORAL_PROFILE, `default` if absent). Undefined if none is configured.
 */
export async function configuredTarget(): Promise<TemporalTarget | undefined> {
  const { loadClientConfigProfile, toClientOptions } = await import('@temporalio/envconfig');
  const profile = loadClientConfigProfile();
  if (profile.address === undefined) return undefined;
  const { connectionOptions, namespace } = toClientOptions(profile);
  return { connectionOptions, namespace: namespace ?? 'default' };
}

/** The server at an address on this machine. */
export const localTarget = (address: string): TemporalTarget => ({
  connectionOptions: { address },
  namespace: 'default',
});
