import type { Study } from '../../control/study.ts';
import type { StudyStatus } from '../../control/status.ts';
import type { Environment } from '../../runtime/environment.ts';
import { progressView } from '../terminal/progress-view.ts';

/** The last status, or the fact that following the study was interrupted. */
export type Followed = StudyStatus | 'interrupted';

/**
 * Shows the progress of a study until it ends, is put on hold after a failure, or this process is interrupted.
 * @throws the error that breaks the study's environment
 */
export async function followStudy(
  study: Study,
  { broken }: Pick<Environment, 'broken'>,
  interrupted: AbortSignal,
): Promise<Followed> {
  const watching = new AbortController();
  const stop = () => watching.abort();
  interrupted.addEventListener('abort', stop);
  if (interrupted.aborted) stop();
  const view = progressView();
  const show = async (): Promise<Followed> => {
    let last: StudyStatus | undefined;
    for await (const status of study.watch({ patience: Infinity, signal: watching.signal })) {
      last = status;
      view.update(status);
      if (status.state === 'held') break;
    }
    return interrupted.aborted ? 'interrupted' : last!;
  };
  const shown = show();
  // If it fails, nothing may be awaiting it any more.
  shown.catch(() => undefined);
  try {
    return await Promise.race([shown, broken]);
  } finally {
    interrupted.removeEventListener('abort', stop);
    watching.abort();
    await shown.catch(() => undefined);
    view.stop();
  }
}
