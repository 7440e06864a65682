import type { ClientConnectConfig } from '@temporalio/envconfig';

/** A Temporal server, as this process reaches it. */
export interface TemporalTarget {
  connectionOptions: ClientConnectConfig['connectionOptions'];
  namespace: string;
}

/**
 * The server that the user configured: by TEMPORAL_ADDRESS and its companions, or by a profile of Temporal's configuration file
 * (TEMPORAL_PROFILE, `default` where absent). Undefined where there is none.
 */
export async function configuredTarget(): Promise<TemporalTarget | undefined> {
  const { loadClientConfigProfile, toClientOptions } = await import('@temporalio/envconfig');
  const profile = loadClientConfigProfile();
  if (profile.address === undefined) return undefined;
  const { connectionOptions, namespace } = toClientOptions(profile);
  return { connectionOptions, namespace: namespace ?? 'default' };
}

/** The server of an address on this machine. */
export const localTarget = (address: string): TemporalTarget => ({
  connectionOptions: { address },
  namespace: 'default',
});
