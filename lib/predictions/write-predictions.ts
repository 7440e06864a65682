import { parquetWriteBuffer } from 'hyparquet-writer';
import { mostRanked, type Predictions } from './predictions.ts';

/**
 * Writes predictions as a Parquet file with a row for each image: `index` (from 0), `label`, `probability` (float32, of the label) and
 * `top1` to `top5`, the classes by rank; ranks beyond the number of classes are null. About 7 bytes per image with ten classes, 12 with a
 * thousand.
 */
export function predictionsFile({ labels, probabilities, ranked }: Predictions): Uint8Array {
  const { length } = labels;
  const ranks = Array.from({ length: mostRanked }, (_, rank) => ({
    name: `top${rank + 1}`,
    data: ranked[rank] ?? Array<null>(length).fill(null),
    type: 'INT32' as const,
    nullable: true,
  }));
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        {
          name: 'index',
          data: Int32Array.from({ length }, (_, index) => index),
          type: 'INT32',
          nullable: false,
          encoding: 'DELTA_BINARY_PACKED',
        },
        { name: 'label', data: labels, type: 'INT32', nullable: false },
        // Bytes at the same position are similar, so this encoding makes the file a sixth smaller.
        { name: 'probability', data: probabilities, type: 'FLOAT', nullable: false, encoding: 'BYTE_STREAM_SPLIT' },
        ...ranks,
      ],
      rowGroupSize: 1_000_000,
    }),
  );
}
