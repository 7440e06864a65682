import { describe, expect, test } from 'vitest';
import {
  readRunDocument,
  runArtifacts,
  runKeyOf,
  writeRunDocument,
  type RunDocument,
} from '../../../../lib/study/documents/run-document.ts';
import { protocolSchema } from '../../../../lib/training/protocol.ts';
import { MemoryStore } from '../../../memory-store.ts';
import { tinyArchitecture } from '../../training/tiny-architecture.ts';

const run = {
  architecture: tinyArchitecture,
  datasetDigest: 'd',
  protocol: protocolSchema.parse({ epochs: 2 }),
  seed: 0,
  engine: '1',
} satisfies RunDocument;

describe('the key of a run', () => {
  test('does not depend on the order of fields', () => {
    const { stem, ...others } = run.architecture;
    expect(runKeyOf({ ...run, architecture: { ...others, stem } })).toBe(runKeyOf(run));
  });

  test('changes with everything that determines a run', () => {
    const changes: Partial<RunDocument>[] = [
      { architecture: { ...run.architecture, depths: [2, 1] } },
      { datasetDigest: 'e' },
      { protocol: { ...run.protocol, epochs: 9 } },
      { seed: 1 },
      { engine: '2' },
    ];
    const keys = changes.map((change) => runKeyOf({ ...run, ...change }));
    expect(new Set([runKeyOf(run), ...keys]).size).toBe(changes.length + 1);
  });
});

describe('the document of a run', () => {
  test('is found by its key, and stays as it was first written', async () => {
    const store = new MemoryStore();
    const runKey = await writeRunDocument(store, run);
    await writeRunDocument(store, run);
    expect(await readRunDocument(store, runKey)).toEqual(run);
  });

  test('that is missing, or not that of its key, is reported', async () => {
    const store = new MemoryStore();
    await expect(readRunDocument(store, 'a'.repeat(32))).rejects.toThrow('is not in memory');
    await store.put(runArtifacts('b').document, JSON.stringify(run));
    await expect(readRunDocument(store, 'b')).rejects.toThrow(`must have the key b, got ${runKeyOf(run)}`);
  });
});
