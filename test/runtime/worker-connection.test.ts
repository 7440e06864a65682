import { expect, test } from 'vitest';
import { localTarget } from '../../control/temporal-target.ts';
import { EnvironmentError } from '../../lib/core/errors.ts';
import { freePort } from '../../runtime/ports.ts';
import { connectWorkers } from '../../runtime/worker-connection.ts';

test('a server that does not answer is named', async () => {
  const address = `127.0.0.1:${await freePort(47_001)}`;
  const connecting = connectWorkers(localTarget(address));
  await expect(connecting).rejects.toThrow(`The Temporal server at ${address} does not answer`);
  await expect(connecting).rejects.toThrow(EnvironmentError);
});
