import { Option } from 'commander';
import { metricNames } from '../../lib/results/metric.ts';

/** Makes the option of commands that rank networks by, or verify, errors other than the top-1 error. */
export const metricOption = (description: string): Option =>
  new Option('--metric <name>', description).choices(metricNames);
