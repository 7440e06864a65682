import { readFileSync } from 'node:fs';
import type { PixelKernel } from './pixel-kernel.ts';
import { plainKernel } from './plain-kernel.ts';
import { wasmKernel } from './wasm-kernel.ts';

/** What assembly/pixels.ts is compiled to. */
export const kernelCode = (): Uint8Array => readFileSync(new URL('pixels.wasm', import.meta.url));

/** The fastest `PixelKernel` that this processor has: WebAssembly with SIMD, else plain JavaScript. */
export const fastestKernel = (code: Uint8Array = kernelCode()): PixelKernel =>
  WebAssembly.validate(code) ? wasmKernel(code) : plainKernel;
