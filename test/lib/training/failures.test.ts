import { describe, expect, test } from 'vitest';
import { DatasetError } from '../../../lib/datasets/dataset-error.ts';
import { ArtifactError } from '../../../lib/core/errors.ts';
import { classifyFailure, failureKinds, failureOfExit, TrainingFailure } from '../../../lib/training/failures.ts';

const kindOf = (error: unknown) => classifyFailure(error).kind;
const withCode = (code: string, message = 'failed') => Object.assign(new Error(message), { code });

describe('an error in a training process', () => {
  test('a full disk or quota', () => {
    expect(kindOf(withCode('ENOSPC'))).toBe('disk-full');
    expect(kindOf(withCode('EDQUOT'))).toBe('disk-full');
    expect(kindOf(new Error('RESOURCE_EXHAUSTED: events.v2; No space left on device'))).toBe('disk-full');
  });

  test('a folder that cannot be used', () => {
    for (const code of ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']) expect(kindOf(withCode(code))).toBe('no-access');
  });

  test('data that is missing or damaged', () => {
    expect(kindOf(new DatasetError('train-0.bin does not match its checksum'))).toBe('damaged-data');
    expect(kindOf(new ArtifactError('manifest.json is invalid', []))).toBe('damaged-data');
  });

  test('a library that cannot be loaded', () => {
    expect(kindOf(withCode('ERR_DLOPEN_FAILED'))).toBe('missing-library');
    expect(kindOf(new Error('libtensorflow.so.2: cannot open shared object file'))).toBe('missing-library');
  });

  test.each([
    new RangeError('Array buffer allocation failed'),
    new Error('Session fail to run with error: OOM when allocating tensor with shape[8]'),
    new Error('ResourceExhausted: out of it'),
    new Error('RESOURCE_EXHAUSTED: out of it'),
    withCode(
      'ERR_DLOPEN_FAILED',
      'libtensorflow.so.2: failed to map segment from shared object: Cannot allocate memory',
    ),
    new Error('std::bad_alloc'),
  ])('memory that ran out: %s', (error) => {
    expect(kindOf(error)).toBe('out-of-memory');
  });

  test('everything else is internal, and keeps its stack', () => {
    const failure = classifyFailure(new Error('a surprise'));
    expect(failure.kind).toBe('internal');
    expect(failure.message).toMatch(/a surprise\n\s+at /);
    expect(kindOf(new RangeError('Invalid array length'))).toBe('internal');
    expect(kindOf(new Error('/classroom/epoch-000001.bin is no file'))).toBe('internal');
  });

  test('a thrown value that is not an error is internal, in its own words', () => {
    for (const thrown of ['a string', undefined, null]) {
      expect(kindOf(thrown)).toBe('internal');
      expect(classifyFailure(thrown).message).toBe(String(thrown));
    }
  });

  test('a failure that is classified stays as it is', () => {
    const failure = new TrainingFailure('no-gpu', 'GPU 1 was asked for');
    expect(classifyFailure(failure)).toBe(failure);
  });
});

describe('a process that ended without a result', () => {
  test('SIGKILL most often means memory', () => {
    expect(failureOfExit(null, 'SIGKILL', '')).toMatchObject({ kind: 'out-of-memory' });
  });

  test('another signal is named', () => {
    const failure = failureOfExit(null, 'SIGSEGV', 'last words\n');
    expect(failure.kind).toBe('signal');
    expect(failure.message).toBe('the training process was ended by SIGSEGV; its last output:\nlast words');
  });

  test('an abort after bad_alloc is memory too', () => {
    expect(failureOfExit(null, 'SIGABRT', "what():  std::bad_alloc'").kind).toBe('out-of-memory');
  });

  test('an exit code is named', () => {
    const failure = failureOfExit(7, null, ' \n');
    expect(failure.kind).toBe('internal');
    expect(failure.message).toBe('the training process ended with code 7 and without a result');
  });
});

test('only damaged data is not worth another attempt', () => {
  expect(failureKinds.filter((kind) => !new TrainingFailure(kind, '').isRetryable)).toEqual(['damaged-data']);
});
