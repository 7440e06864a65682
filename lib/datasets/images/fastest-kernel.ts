import { kernelModule } from './kernel-module.ts';
import type { PixelKernel } from './pixel-kernel.ts';
import { plainKernel } from './plain-kernel.ts';
import { wasmKernel } from './wasm-kernel.ts';

/** Returns the fastest `PixelKernel` that this processor supports: WebAssembly with SIMD, else plain JavaScript. */
export function fastestKernel(): PixelKernel {
  const code = Buffer.from(kernelModule, 'base64');
  return WebAssembly.validate(code) ? wasmKernel(code) : plainKernel;
}
