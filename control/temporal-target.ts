import type { ClientConfigProfile, ClientConnectConfig } from '@temporalio/envconfig';
import { ConfigError } from '../lib/core/errors.ts';
import { readInputBytes } from '../lib/core/files/read-input.ts';

/** Connection settings for a Temporal server. */
export interface TemporalTarget {
  connectionOptions: ClientConnectConfig['connectionOptions'];
  namespace: string;
}

/**
 * Returns the server that the user configured, by TEMPORAL_ADDRESS and related variables, or by a profile in Temporal's configuration file
 * (TEMPORAL_PROFILE, `default` if absent). Undefined if none is configured.
 * @throws ConfigError if the address, the file or the profile is invalid, or a certificate cannot be read
 */
export async function configuredTarget(): Promise<TemporalTarget | undefined> {
  const { toClientOptions } = await import('@temporalio/envconfig');
  try {
    const profile = await loadProfile();
    if (profile.address === undefined) return undefined;
    checkAddress(profile.address);
    const { connectionOptions, namespace } = toClientOptions(profile);
    return { connectionOptions, namespace: namespace ?? 'default' };
  } catch (error) {
    if (error instanceof ConfigError || !(error instanceof Error)) throw error;
    const file = process.env['TEMPORAL_CONFIG_FILE'];
    throw new ConfigError('The configuration of the Temporal server is invalid', [
      ...error.message.trimEnd().split('\n'),
      `it is read from ${file === undefined ? "the environment (TEMPORAL_*) and Temporal's usual file" : `the environment (TEMPORAL_*) and ${file}`}`,
    ]);
  }
}

/**
 * Loads the profile in use.
 * @throws ConfigError if TEMPORAL_CONFIG_FILE cannot be read
 */
async function loadProfile(): Promise<ClientConfigProfile> {
  const { loadClientConfigProfile } = await import('@temporalio/envconfig');
  const file = process.env['TEMPORAL_CONFIG_FILE'];
  // The library treats a missing file as empty.
  if (file) await readInputBytes('TEMPORAL_CONFIG_FILE', file);
  try {
    return loadClientConfigProfile();
  } catch (error) {
    // The library throws this if the file has no profile at all (envconfig-toml.js, 1.24).
    if (!(error instanceof TypeError)) throw error;
    const name = process.env['TEMPORAL_PROFILE'];
    if (name !== undefined)
      throw new Error(`TEMPORAL_PROFILE must name a profile of the file, got ${name}`, { cause: error });
    return loadClientConfigProfile({ disableFile: true });
  }
}

/** A host name, an IPv4 address or an IPv6 address in brackets, with an optional port. */
const addressPattern = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

function checkAddress(address: string): void {
  if (addressPattern.test(address)) return;
  throw new ConfigError('The address of the Temporal server is invalid', [
    `TEMPORAL_ADDRESS (or address in the profile) must be host:port, got ${JSON.stringify(withoutCredentials(address))}`,
  ]);
}

/** Hides everything before an `@`: a URL may contain a password there. */
const withoutCredentials = (text: string) => text.replace(/^(\w+:\/\/)?.*@/, '$1***@');

/** Returns the server at an address on this machine. */
export const localTarget = (address: string): TemporalTarget => ({
  connectionOptions: { address },
  namespace: 'default',
});
