import { describe, expect, it } from 'vitest';
import { DatasetError } from '../../datasets/dataset-error.ts';
import { classifyFailure, failureOfExit } from '../../training/failures.ts';

const withCode = (code: string, message: string) => Object.assign(new Error(message), { code });

describe('a failure of a training process', () => {
  it.each([
    [withCode('ENOSPC', 'write'), 'disk-full', true],
    [new DatasetError('shard is damaged'), 'damaged-data', false],
    [withCode('ERR_DLOPEN_FAILED', 'libtensorflow.so.2: cannot open'), 'missing-library', true],
    [new Error('OOM when allocating tensor'), 'out-of-memory', true],
    [new RangeError('Array buffer allocation failed'), 'out-of-memory', true],
    [new Error('anything else'), 'internal', true],
  ])('is known by its error: %s', (error, kind, retryable) => {
    expect(classifyFailure(error)).toMatchObject({ kind, retryable });
  });

  it('is known by how the process ended', () => {
    expect(failureOfExit(null, 'SIGKILL', '').kind).toBe('out-of-memory');
    expect(failureOfExit(134, null, "terminate called after throwing 'std::bad_alloc'").kind).toBe('out-of-memory');
    expect(failureOfExit(null, 'SIGSEGV', '').kind).toBe('signal');
    expect(failureOfExit(1, null, 'what it said last').message).toContain('what it said last');
  });
});
