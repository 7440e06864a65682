import { setTimeout as sleep } from 'node:timers/promises';
import { innermostMessage } from '../control/innermost-message.ts';
import { liveStatus } from '../control/live-status.ts';
import { progressView, type ProgressView } from './progress-view.ts';
import { estimateSecondsLeft, type StudyStatus } from '../control/status.ts';
import { startStudyWorkflow, type Submission } from '../control/submission.ts';
import type { Environment } from '../runtime/environment.ts';
import { type Interruption } from './interruption.ts';
import type { Teardown } from '../runtime/teardown.ts';

/** How following a study ended. */
export type Followed = { how: 'finished' } | { how: 'failed'; failure: string } | { how: 'interrupted' };

export interface FollowOptions {
  environment: Pick<Environment, 'target' | 'uiAddress' | 'broken' | 'workedBy'>;
  submission: Submission;
  interruption: Interruption;
  say: (text: string) => void;
  teardown: Teardown;
}

/** Starts a submitted study, or attaches to it, and shows its progress until it ends. */
export async function followStudy(options: FollowOptions): Promise<Followed> {
  const { environment, submission, interruption, say, teardown } = options;
  const { Client, WorkflowFailedError } = await import('@temporalio/client');
  const { connectWorkers } = await import('../runtime/worker-connection.ts');
  const { connectionOptions, namespace } = environment.target;
  // Not the client's own kind of connection, which goes on retrying after it was closed when its server is gone.
  const connection = await connectWorkers(environment.target);
  teardown.add('connection of the client', () => connection.close());
  const client = new Client({ connection, namespace });
  const handle = await startStudyWorkflow(client, submission);
  const { id } = submission;
  say(
    environment.uiAddress === undefined
      ? `Study: ${id} in the namespace ${namespace} of ${connectionOptions.address}`
      : `Study: ${environment.uiAddress}/namespaces/${namespace}/workflows/${encodeURIComponent(id)}`,
  );
  if (environment.workedBy !== undefined)
    say(`Its work is done by process ${environment.workedBy}; this one only looks on.`);

  const view = progressView();
  const watching = new AbortController();
  const watched = watch(() => liveStatus(client, id), view, watching.signal);
  const ended = client
    .withAbortSignal(watching.signal, () => handle.result())
    .then(
      (): Followed => ({ how: 'finished' }),
      (error: unknown): Followed => {
        if (error instanceof WorkflowFailedError) return { how: 'failed', failure: innermostMessage(error) };
        throw error;
      },
    );
  // Nobody may be waiting for it any more when it fails.
  ended.catch(() => undefined);
  try {
    return await Promise.race([
      ended,
      interruption.asked.then((): Followed => ({ how: 'interrupted' })),
      environment.broken,
    ]);
  } finally {
    watching.abort();
    await watched;
    view.stop();
  }
}

/** Milliseconds between two looks. */
const interval = 1000;

/** Shows the status again and again until it is told to stop, and once more then. */
async function watch(
  look: () => Promise<StudyStatus | undefined>,
  view: ProgressView,
  signal: AbortSignal,
): Promise<void> {
  let first: { status: StudyStatus; at: number } | undefined;
  for (let last = false; ; last = signal.aborted) {
    const status = await look().catch((error: unknown) => {
      if (signal.aborted) return undefined;
      throw error;
    });
    if (status !== undefined) {
      const now = Date.now();
      first ??= status.stage === 'training' ? { status, at: now } : undefined;
      const secondsLeft =
        first !== undefined && status.stage === 'training'
          ? estimateSecondsLeft(first.status.datasets, status.datasets, (now - first.at) / 1000)
          : null;
      view.update({ ...status, secondsLeft });
    }
    if (last) return;
    await sleep(interval, undefined, { signal }).catch(() => undefined);
  }
}
