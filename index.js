// What `import 'beyond-imagenet'` loads: index.ts, by a loader of this package's own that touches no other module.
import { tsImport } from 'tsx/esm/api';

export const { connect, Studies, Study, ArtifactError, ConfigError, EnvironmentError, OperationalError, StudyError } =
  await tsImport('./index.ts', import.meta.url);
