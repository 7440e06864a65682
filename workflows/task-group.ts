import { CancellationScope } from '@temporalio/workflow';

/**
 * Runs tasks concurrently and returns their results in order. If one throws, the others are cancelled and awaited, and its error
 * is thrown: once a workflow has ended, none of its tasks is still running.
 */
export function taskGroup<Result>(works: readonly (() => Promise<Result>)[]): Promise<Result[]> {
  return CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    let first: { error: unknown } | undefined;
    const results = await Promise.allSettled(
      works.map((work) =>
        work().catch((error: unknown) => {
          first ??= { error };
          scope.cancel();
          throw error;
        }),
      ),
    );
    if (first !== undefined) throw first.error;
    return results.map((result) => (result as PromiseFulfilledResult<Awaited<Result>>).value);
  });
}
