import type { ActivitiesByRole } from './contract.ts';
import { dataActivities } from './data.ts';
import { planningActivities } from './planning.ts';
import { reportingActivities } from './reporting.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { trainActivities } from './train.ts';

/** The activities of a worker, by role. */
export function createActivities(dependencies: ActivityDependencies): ActivitiesByRole {
  return {
    study: { ...planningActivities(dependencies), ...reportingActivities(dependencies) },
    data: dataActivities(dependencies),
    train: trainActivities(dependencies),
  };
}
