/** The parts of flechette that its index does not export; they share the codecs of their own copy of flechette. */
declare module '@uwdata/flechette/src/index.js' {
  export { CompressionType, setCompressionCodec } from '@uwdata/flechette';
}

declare module '@uwdata/flechette/src/decode/decode-ipc.js' {
  export interface ArrowData {
    /** For each record batch, the number of dictionaries before it in the file; all if absent. */
    dictsBeforeRecord?: readonly number[];
  }
  export function decodeIPC(bytes: Uint8Array): ArrowData;
}

declare module '@uwdata/flechette/src/decode/table-from-ipc.js' {
  import type { Table } from '@uwdata/flechette';
  import type { ArrowData } from '@uwdata/flechette/src/decode/decode-ipc.js';
  export function createTable(data: ArrowData, options: { useBigInt: boolean }): Table;
}
