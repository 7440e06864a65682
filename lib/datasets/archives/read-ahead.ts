/** Limits of what is read at the same time: enough to hide disk latency, little enough for memory. */
const most = { files: 16, bytes: 64 * 2 ** 20 };

/**
 * Yields the results of jobs in order; the next jobs run while a result is being used.
 * @param bytes memory that a job's result takes; at least one job is started, even if it takes more than the limit
 */
export async function* readAhead<Job, Result>(
  jobs: Iterable<Job>,
  bytes: (job: Job) => number,
  start: (job: Job) => Promise<Result>,
): AsyncGenerator<{ job: Job; result: Result }> {
  const underWay: { job: Job; promise: Promise<Result> }[] = [];
  let bytesUnderWay = 0;
  for (const job of jobs) {
    while (underWay.length > 0 && (underWay.length >= most.files || bytesUnderWay + bytes(job) > most.bytes)) {
      const first = underWay.shift()!;
      yield { job: first.job, result: await first.promise };
      bytesUnderWay -= bytes(first.job);
    }
    const promise = start(job);
    // It is awaited later, or never if reading ends first: its error is then irrelevant.
    promise.catch(() => undefined);
    underWay.push({ job, promise });
    bytesUnderWay += bytes(job);
  }
  for (const { job, promise } of underWay) yield { job, result: await promise };
}
