import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import type { RunInput } from '../activities/contract.ts';

/**
 * Adds study, dataset, run and attempt to each log line of an activity, and study and dataset to its metrics. Metrics do not name the run:
 * each run would become a separate time series.
 */
export function activityContext({ info }: Context): ActivityInterceptors {
  let subject: Partial<RunInput> = {};
  return {
    inbound: {
      execute(input, next) {
        subject = input.args[0] ?? {};
        return next(input);
      },
    },
    outbound: {
      getLogAttributes(attributes, next) {
        const { studyId, dataset, runKey, architectureName } = subject;
        return next({
          ...attributes,
          ...defined({ studyId, dataset, runKey, architectureName }),
          attempt: info.attempt,
        });
      },
      getMetricTags(tags, next) {
        const { studyId, dataset } = subject;
        return next({ ...tags, ...defined({ studyId, dataset }) });
      },
    },
  };
}

const defined = (attributes: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined));
