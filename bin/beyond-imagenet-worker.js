#!/usr/bin/env node
// A worker from any folder: worker.ts, by this package's own loader.
import { register } from 'tsx/esm/api';

register();
await import('../worker.ts');
