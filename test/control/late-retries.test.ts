import { Connection } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { retryUntilClosed } from '../../control/late-retries.ts';
import { freePort } from '../../runtime/ports.ts';

test('a request whose connection is closed while it waits for its next attempt fails without ending the process', async () => {
  const address = `127.0.0.1:${await freePort(0)}`;
  const connection = Connection.lazy({ address, interceptors: retryUntilClosed() });
  const info = connection.workflowService.getSystemInfo({});
  const failure = expect(info).rejects.toThrow('Channel has been shut down');
  // By then the first attempt has failed, and the next is waiting: the pauses take 100 ms and then 170 ms.
  await sleep(130);
  await connection.close();
  await failure;
});

test('a request on a closed connection fails', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:9', interceptors: retryUntilClosed() });
  await connection.close();
  await expect(connection.workflowService.getSystemInfo({})).rejects.toThrow('Channel has been shut down');
});
