import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError } from '../core/errors.ts';
import type { StateFolder } from '../core/files/state-folder.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { openDirectoryStore } from './directory-store.ts';
import { openS3Store, type S3Location } from './s3-store.ts';

/**
 * Opens an artifact store.
 * @param location a directory or `s3://bucket/prefix`; by default the store in the state folder
 * @throws ConfigError if it is neither, or if it or the state folder is a file
 */
export function openStore(location: string | undefined, state: StateFolder): ArtifactStore {
  refuseFile('state folder', state.root);
  if (location === undefined) return openDirectoryStore(state.store);
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) {
    refuseFile('store', resolve(location));
    return openDirectoryStore(resolve(location));
  }
  return openS3Store(s3Location(location), join(state.work, 'artifacts'));
}

function refuseFile(what: string, path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new ConfigError(`The ${what} is invalid`, [`it must be a folder, but ${path} is a file`]);
}

function s3Location(location: string): S3Location {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w./-]*?))?\/?$/.exec(location);
  if (match === null)
    throw new ConfigError('The store is invalid', [
      // Credentials in the location must not appear in a log.
      `store must be a directory or s3://bucket/prefix, got ${JSON.stringify(location.replace(/\/\/.*@/, '//***@'))}`,
    ]);
  const [, bucket, prefix = ''] = match;
  return { bucket: bucket!, prefix };
}
