import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import type { RunInput } from '../activities/contract.ts';

/**
 * Attaches to each log line and metric of an activity what it is about: study, dataset, run and attempt. Runs are told in logs
 * alone: as a tag of metrics each would be a series of its own.
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
