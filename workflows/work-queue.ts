import { CancellationScope, condition } from '@temporalio/workflow';

/**
 * Processes items in order, at most `window()` at a time, which may change meanwhile. If a task fails or the queue is cancelled, no further
 * item is started, those already started are awaited, and the first error is thrown: once the queue has ended, none of its tasks is still
 * running.
 */
export async function workQueue<Item>(
  items: readonly Item[],
  window: () => number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  let active = 0;
  let failure: { error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
  };
  const begin = async (item: Item) => {
    active++;
    try {
      await task(item);
    } catch (error) {
      fail(error);
    } finally {
      active--;
    }
  };
  try {
    for (const item of items) {
      await condition(() => failure !== undefined || active < window());
      if (failure !== undefined) break;
      void begin(item);
    }
    await condition(() => active === 0);
  } catch (error) {
    fail(error);
    await CancellationScope.nonCancellable(() => condition(() => active === 0));
  }
  if (failure !== undefined) throw failure.error;
}
