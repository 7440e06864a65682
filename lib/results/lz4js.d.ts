/** The parts of lz4js that are used; the package has no types of its own. */
declare module 'lz4js' {
  const lz4: {
    /** Decompresses a frame. */
    decompress(bytes: Uint8Array): Uint8Array;
  };
  export default lz4;
}
