import { Option } from 'commander';
import { metricNames } from '../../lib/results/metric.ts';

/** The option of commands that rank networks by other errors than top-1 errors, or verify these. */
export const metricOption = (description: string): Option =>
  new Option('--metric <name>', description).choices(metricNames);
