/** What is read at the same time: enough to hide the latency of disks, little enough for memory. */
const most = { files: 16, bytes: 64 * 2 ** 20 };

/**
 * Results of jobs in their order, where the next ones are under way while one is used.
 * @param bytes what the result of a job takes in memory; one job is started whatever it takes
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
    // It is awaited later, or never where reading ends before: then nobody wants to know.
    promise.catch(() => undefined);
    underWay.push({ job, promise });
    bytesUnderWay += bytes(job);
  }
  for (const { job, promise } of underWay) yield { job, result: await promise };
}
