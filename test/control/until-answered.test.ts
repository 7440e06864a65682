import { ServiceError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { ServerAway } from '../../control/study-server.ts';
import { untilAnswered } from '../../control/until-answered.ts';
import { EnvironmentError } from '../../lib/core/errors.ts';

test('a request that has waited for an hour is sent again if its server is then started again', async () => {
  let [asked, now] = [0, 0];
  const request = () => {
    now += 3_600_000;
    return ++asked === 1 ? Promise.reject(new ServerAway('the server has ended')) : Promise.resolve('cancelled');
  };
  const answer = await untilAnswered(request, undefined, () => now);
  expect([answer, asked]).toEqual(['cancelled', 2]);
});

test.each([
  [
    'a server that is away',
    Object.assign(new Error('14 UNAVAILABLE: no connection'), { code: 14, details: '' }),
    'The Temporal server has not answered for a minute: 14 UNAVAILABLE: no connection',
  ],
  [
    'workers that are lost again and again',
    Object.assign(new Error('9 FAILED_PRECONDITION'), {
      code: 9,
      details: 'update due to Workflow Task in failed state.',
    }),
    'The study takes no instructions at the moment: three or more times in a row, its worker was lost or could not continue its ' +
      'workflow (the logs of the workers say why). The server waits up to ten minutes before it tries again',
  ],
])(
  'a request that fails because of %s is repeated for a minute, and the error gives the reason',
  async (_what, reason, message) => {
    let [asked, now] = [0, 0];
    const request = () => {
      asked++;
      now += 25_000;
      return Promise.reject(new ServiceError('failed', { cause: Object.assign(reason, { metadata: {} }) }));
    };
    const answered = untilAnswered(request, undefined, () => now);
    await expect(answered).rejects.toThrow(new EnvironmentError(message));
    expect(asked).toBe(4);
  },
);
