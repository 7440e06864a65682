import { resolveRequest } from '../control/submission-request.ts';
import { exitCodes } from '../lib/core/errors.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import { trainingDevices, type WorkerOptions } from '../runtime/devices.ts';
import { examine } from '../runtime/doctor/doctor.ts';
import type { Finding } from '../runtime/doctor/finding.ts';
import { openStore } from '../lib/store/open-store.ts';
import type { Role } from '../workflows/task-queues.ts';
import { configDocument, type ConfigSource } from './options/config-source.ts';
import { Interruption } from './interruption.ts';
import type { StudiesOptions } from './studies/with-studies.ts';

export interface DoctorOptions extends WorkerOptions, StudiesOptions, Pick<ConfigSource, 'preset' | 'config' | 'set'> {
  json?: true;
  /** Of the workers that are to run here. */
  role: Role[];
}

/** Examines this machine and prints each finding as it is made; returns the exit code. */
export async function runDoctor(options: DoctorOptions): Promise<number> {
  const { preset, config, set = [], json } = options;
  const isAboutStudy = preset !== undefined || config !== undefined || set.length > 0;
  const study = isAboutStudy ? await resolveRequest({ ...(await configDocument(options)), set }) : undefined;
  const state = stateFolder(options.state);
  const store = openStore(options.store, state);
  const interruption = new Interruption(() => {});
  const findings: Finding[] = [];
  try {
    for await (const finding of examine({
      state,
      store,
      storeFolder: store.location.startsWith('s3://') ? undefined : store.location,
      devices: trainingDevices(options),
      dataRoot: options.dataRoot,
      roles: options.role,
      study,
      signal: interruption.signal,
    })) {
      findings.push(finding);
      if (!json) process.stdout.write(`${lineOf(finding)}\n`);
    }
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    return exitCodes.interrupted;
  } finally {
    interruption.dispose();
  }
  const isFit = findings.every(({ status }) => status !== 'failure');
  if (json) process.stdout.write(`${JSON.stringify({ isFit, findings }, undefined, 2)}\n`);
  return isFit ? exitCodes.success : exitCodes.failure;
}

const marks = { ok: 'ok     ', warning: 'warning', failure: 'FAILURE' } as const;

function lineOf({ name, status, detail, remedy }: Finding): string {
  const lines = [`${marks[status]}  ${name}: ${detail}`, ...(remedy === undefined ? [] : [`         -> ${remedy}`])];
  return lines.join('\n');
}
