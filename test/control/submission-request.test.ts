import { describe, expect, test } from 'vitest';
import { resolveRequest, resolveVariant } from '../../control/submission-request.ts';
import { ConfigError } from '../../lib/core/errors.ts';

describe('a submission', () => {
  test('takes the name in its config as id, unless it is given another', async () => {
    expect((await resolveRequest({ preset: 'quickstart' })).id).toBe('quickstart');
    expect((await resolveRequest({ preset: 'quickstart', id: 'another' })).id).toBe('another');
  });

  test('has its overrides applied, and is checked with them', async () => {
    const { config } = await resolveRequest({ preset: 'quickstart', set: ['protocol.epochs=7'] });
    expect(config.protocol).toMatchObject({ epochs: 7 });
    await expect(resolveRequest({ preset: 'quickstart', set: ['datasets[2].classes=12'] })).rejects.toThrow(
      'datasets[2].classes must be at most 10 (fashion-mnist has 10), got 12',
    );
  });

  test('refuses ids that the store cannot name, and two sources', async () => {
    await expect(resolveRequest({ id: 'My Study' })).rejects.toThrow('"My Study"');
    await expect(resolveRequest({ id: 'a'.repeat(65) })).rejects.toThrow('at most 64');
    await expect(resolveRequest({ preset: 'quickstart', config: {} })).rejects.toThrow(ConfigError);
  });

  test('accepts fields as assignments or as values by path', async () => {
    const { config } = await resolveRequest({ set: { 'protocol.epochs': 7, reference: 'mnist' } });
    expect(config).toMatchObject({ protocol: { epochs: 7 }, reference: 'mnist' });
  });

  test('of a variant of a rehearsal can be a real study', async () => {
    const { config } = await resolveRequest({ rehearse: true });
    const rehearsal = await resolveVariant(config, { id: 'longer', set: ['protocol.epochs=9'] });
    expect(rehearsal).toMatchObject({ id: 'longer', config: { name: 'longer', rehearsal: { failureRate: 0 } } });
    const real = await resolveVariant(config, { id: 'real', set: { rehearsal: null } });
    expect(real.config).not.toHaveProperty('rehearsal');
    expect(real.config.population).toEqual(config.population);
  });

  test('of a rehearsal has its own id, unless it is given one', async () => {
    expect(await resolveRequest({ rehearse: true })).toMatchObject({
      id: 'quickstart-rehearsal',
      config: { rehearsal: { failureRate: 0 } },
    });
  });
});
