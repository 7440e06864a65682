/** The API for programs: start, watch and steer studies, and read their results. */
export { connect, Studies, type ConnectOptions } from './control/studies.ts';
export { Study, type StudyResult } from './control/study.ts';
export type { DatasetStatus, RunningRun, StudyState, StudyStatus } from './control/status.ts';
export type { StudyRequest } from './control/submission-request.ts';
export type { PairCorrelation } from './analysis/index.ts';
export type { RetryRequest } from './activities/contract.ts';
export type { StudyConfig, StudyConfigInput } from './study/config.ts';
export type { StudyExtensionInput } from './study/extension.ts';
export type { RunCounts } from './study/outcome.ts';
export {
  ArtifactError,
  ConfigError,
  EnvironmentError,
  OperationalError,
  StudyError,
  type ErrorCategory,
} from './core/errors.ts';
