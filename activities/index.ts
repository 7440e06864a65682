import { Executors } from '../lib/runs/executors.ts';
import type { ActivitiesByRole } from './contract.ts';
import { dataActivities } from './data.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { earlierActivities, planningActivities } from './planning.ts';
import { reportingActivities } from './reporting.ts';
import { trainActivities } from './train.ts';

/** The activities of a worker, by role. */
export function createActivities(dependencies: ActivityDependencies): ActivitiesByRole {
  const executors = new Executors(dependencies);
  return {
    study: {
      ...planningActivities(dependencies, executors),
      ...earlierActivities(dependencies),
      ...reportingActivities(dependencies),
    },
    data: dataActivities(dependencies, executors),
    train: trainActivities(dependencies, executors),
  };
}
