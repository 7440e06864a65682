import type { ActivitiesByRole } from './contract.ts';
import { dataActivities } from './data.ts';
import { planningActivities } from './planning.ts';
import { reportingActivities } from './reporting.ts';
import type { Surroundings } from './surroundings.ts';
import { trainActivities } from './train.ts';

/** The activities of a worker, by role. */
export function createActivities(surroundings: Surroundings): ActivitiesByRole {
  return {
    study: { ...planningActivities(surroundings), ...reportingActivities(surroundings) },
    data: dataActivities(surroundings),
    train: trainActivities(surroundings),
  };
}
