// Starts a thread of `ImageWorkers`: threads do not inherit the loader that reads TypeScript.
import { register } from 'tsx/esm/api';

register();
await import('./image-worker.ts');
