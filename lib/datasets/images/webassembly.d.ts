/** The parts of WebAssembly's JavaScript API that this project uses; TypeScript declares them only for browsers. */
declare namespace WebAssembly {
  class Module {
    constructor(code: Uint8Array);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: Record<string, unknown>;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  function validate(code: Uint8Array): boolean;
}
