import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { planningActivities } from '../../activities/planning.ts';
import { tensorflowTrainer } from '../../lib/runs/trainer.ts';
import { resolveRequest } from '../../control/submission-request.ts';
import { Executors } from '../../lib/runs/executors.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { submitStudy } from '../../lib/study/documents/submission.ts';
import { temporaryFolder } from '../temporary-folder.ts';

let root: string;
beforeEach(async () => {
  root = await temporaryFolder();
});

/** The sampling of a quickstart whose window has nothing in it, which takes a million draws to find. */
async function hopelessSampling() {
  const store = openDirectoryStore(join(root, 'store'));
  const set = ['population.space.complexity.flops={"low":1,"high":2}'];
  await submitStudy(store, await resolveRequest({ id: 'hopeless', set }));
  const dependencies: ActivityDependencies = {
    store,
    work: join(root, 'work'),
    devices: [{ kind: 'cpu', threads: 1 }],
    trainer: tensorflowTrainer,
  };
  const { samplePopulation } = planningActivities(dependencies, new Executors(dependencies));
  return () => samplePopulation({ studyId: 'hopeless' });
}

test('sampling is interrupted between its draws', async () => {
  const environment = new MockActivityEnvironment({ attempt: 1 });
  const sampling = environment.run(await hopelessSampling());
  void sleep(50).then(() => environment.cancel());
  await expect(sampling).rejects.toBeInstanceOf(CancelledFailure);
});

test('an empty window fails with a report of the draws', async () => {
  const sampling = new MockActivityEnvironment({ attempt: 1 }).run(await hopelessSampling());
  await expect(sampling).rejects.toThrow(/yielded 0 of 24 architectures.*1,000,000 drawn, 0 accepted/s);
}, 60_000);
