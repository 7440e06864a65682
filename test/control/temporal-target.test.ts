import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { configuredTarget } from '../../control/temporal-target.ts';
import { ConfigError } from '../../lib/core/errors.ts';
import { temporaryFolder } from '../temporary-folder.ts';

afterEach(() => vi.unstubAllEnvs());

/** Returns the server in a configuration file with this text, or the reason why there is none. */
async function configured(toml: string, environment: Record<string, string> = {}) {
  const file = join(await temporaryFolder(), 'temporal.toml');
  await writeFile(file, toml);
  vi.stubEnv('TEMPORAL_CONFIG_FILE', file);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return configuredTarget();
}

const lab = '[profile.lab]\naddress = "lab:7233"\nnamespace = "studies"\n';

test('a profile names the server and its namespace', async () => {
  expect(await configured(lab, { TEMPORAL_PROFILE: 'lab' })).toMatchObject({
    connectionOptions: { address: 'lab:7233' },
    namespace: 'studies',
  });
});

test('a file without profiles configures nothing, so that the environment counts', async () => {
  expect(await configured('')).toBeUndefined();
  expect(await configured('', { TEMPORAL_ADDRESS: 'lab:7233' })).toMatchObject({
    connectionOptions: { address: 'lab:7233' },
    namespace: 'default',
  });
});

test('a file that TEMPORAL_CONFIG_FILE names must exist', async () => {
  vi.stubEnv('TEMPORAL_CONFIG_FILE', '/nowhere/temporal.toml');
  await expect(configuredTarget()).rejects.toThrow(
    'TEMPORAL_CONFIG_FILE cannot be read:\n  /nowhere/temporal.toml: there is no such file',
  );
});

describe('is refused as wrong configuration, with the file', () => {
  test.each([
    ['a profile of a file that has none', '', { TEMPORAL_PROFILE: 'lab' }, /must name a profile of the file, got lab/],
    ['a profile that the file does not have', lab, { TEMPORAL_PROFILE: 'nowhere' }, /nowhere/],
    ['a file that is not TOML', '[profile.default\naddress = ', {}, /TOML|toml|line|parse|Invalid/],
    [
      'a certificate that is not there',
      '[profile.default]\naddress = "lab:7233"\n[profile.default.tls]\nclient_cert_path = "/nowhere/cert.pem"\nclient_key_path = "/nowhere/key.pem"\n',
      {},
      /\/nowhere\/cert\.pem/,
    ],
    [
      'an address with a password',
      '',
      { TEMPORAL_ADDRESS: 'http://u:PW@lab' },
      /must be host:port, got "http:\/\/\*\*\*@lab"/,
    ],
  ])('%s', async (_what, toml, environment: Record<string, string>, reason) => {
    const error = await configured(toml, environment).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ConfigError);
    const { message } = error as ConfigError;
    expect(message).toMatch(reason);
    expect(message).not.toMatch(/PW|\n +at /);
    if (environment['TEMPORAL_ADDRESS'] === undefined) expect(message).toContain(process.env['TEMPORAL_CONFIG_FILE']);
  });
});
