import { arrowColumns } from './arrow.ts';
import type { Columns } from './columns.ts';
import { parquetColumns } from './parquet.ts';

/** A file that the process is asked to read. */
export interface Request {
  format: 'parquet' | 'arrow';
  bytes: Uint8Array;
  only: readonly string[] | undefined;
}

/** The answer of the process: the table, or what is wrong with the file. */
export type Answer = { columns: Columns } | { problem: string };

/** The process behind `readColumns`: reads one file after another until its parent ends or a file crashes it. */
process.on('message', ({ format, bytes, only }: Request) => {
  const answer = (message: Answer) => process.send!(message);
  Promise.resolve()
    .then(() => (format === 'parquet' ? parquetColumns(bytes, only) : arrowColumns(bytes)))
    .then(
      (columns) => answer({ columns }),
      (error: unknown) => answer({ problem: error instanceof Error ? error.message : String(error) }),
    );
});
