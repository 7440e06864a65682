/** The API for programs: start, watch and steer studies, and read their results. */
export { connect, Studies, type ConnectOptions } from './control/studies.ts';
export { Study, type StudyResult } from './control/study.ts';
export type { DatasetStatus, RunningRun, StudyState, StudyStatus } from './control/status.ts';
export type { StudyRequest } from './control/submission-request.ts';
export type { PairCorrelation } from './lib/analysis/index.ts';
export type { RetryRequest } from './lib/study/instruction.ts';
export type { StudyConfig, StudyConfigInput } from './lib/study/config.ts';
export type { StudyExtensionInput } from './lib/study/extension.ts';
export type { RunCounts } from './lib/study/outcome.ts';
export {
  ArtifactError,
  ConfigError,
  EnvironmentError,
  OperationalError,
  StudyError,
  type ErrorCategory,
} from './lib/core/errors.ts';
