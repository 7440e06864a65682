#!/usr/bin/env node
// The command line from any folder: client.ts, by this package's own loader.
import { register } from 'tsx/esm/api';

register();
await import('../client.ts');
