import { CancellationScope } from '@temporalio/workflow';

/**
 * Does works side by side and returns their results in order. When one throws, the others are cancelled and waited for, and its
 * error is thrown: whoever sees the end of a workflow knows that nothing of it is still at work.
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
