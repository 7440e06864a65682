import { sumsOf, type PixelKernel } from './pixel-kernel.ts';
import type { Resampling } from './resampling.ts';

type Resize = (
  source: number,
  /** Bytes from one source row to the next; for columns, the pixels of a row. */
  stride: number,
  firsts: number,
  weights: number,
  taps: number,
  /** Bytes of a row, or pixels of the output. */
  length: number,
  rows: number,
  target: number,
) => void;

type Sums = (source: number, pixels: number, totals: number) => void;

/** The exports of assembly/pixels.ts; buffers are given by their addresses. */
interface Exports {
  memory: WebAssembly.Memory;
  resizeRows: Resize;
  resizeColumns3: Resize;
  resizeColumns1: Resize;
  sums3: Sums;
  sums1: Sums;
}

const pageBytes = 65536;

/** Address of the first buffer of a call: after anything the compiler may have put into the memory. */
const firstByte = 1024;

/** Bytes that may be read or written past the end of a buffer. */
const slack = 16;

/** Maximum bytes of memory that are kept for the next call; memory that grew larger, for an unusually large image, is dropped. */
const keptBytes = 64 * 2 ** 20;

/**
 * `PixelKernel` in WebAssembly with SIMD: 15 times as fast as loops over typed arrays (0.36 against 5.3 ms for a photo of 500 x 375, which
 * takes 3.7 ms to decode; `npm run bench -- datasets --only kernel`), which would more than double the time of a preparation. A kernel has
 * its own memory, so each thread needs its own kernel.
 */
export function wasmKernel(code: Uint8Array): PixelKernel {
  const module = new WebAssembly.Module(code);
  const instantiate = () => new WebAssembly.Instance(module).exports as unknown as Exports;
  let wasm = instantiate();

  /** Addresses of consecutive buffers of the given sizes in bytes; grows the memory if necessary. */
  const layOut = (...sizes: number[]): number[] => {
    if (wasm.memory.buffer.byteLength > keptBytes) wasm = instantiate();
    let end = firstByte;
    const addresses = sizes.map((bytes) => {
      const address = end;
      end += Math.ceil((bytes + slack) / 16) * 16;
      return address;
    });
    const missing = end - wasm.memory.buffer.byteLength;
    if (missing > 0) wasm.memory.grow(Math.ceil(missing / pageBytes));
    return addresses;
  };
  const put = (address: number, bytes: Uint8Array | Int16Array | Int32Array) =>
    new Uint8Array(wasm.memory.buffer).set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), address);
  const putResampling = ({ firsts, weights }: Resampling, firstsAt: number, weightsAt: number) => {
    put(firstsAt, firsts);
    put(weightsAt, weights);
  };

  return {
    resize({ pixels, height, width, channels }, rows, columns) {
      const stride = width * channels;
      const [outHeight, outWidth] = [rows.firsts.length, columns.firsts.length];
      const [rowFirsts, rowWeights, columnFirsts, columnWeights, source, between, target] = layOut(
        rows.firsts.byteLength,
        rows.weights.byteLength,
        columns.firsts.byteLength,
        columns.weights.byteLength,
        // Taps with weight 0 reach past the last row, and in `between` past the last column.
        height * stride + rows.taps * stride,
        outHeight * stride + columns.taps * channels,
        outHeight * outWidth * channels,
      ) as [number, number, number, number, number, number, number];
      putResampling(rows, rowFirsts, rowWeights);
      putResampling(columns, columnFirsts, columnWeights);
      put(source, pixels);
      wasm.resizeRows(source, stride, rowFirsts, rowWeights, rows.taps, stride, outHeight, between);
      const resizeColumns = channels === 3 ? wasm.resizeColumns3 : wasm.resizeColumns1;
      resizeColumns(between, width, columnFirsts, columnWeights, columns.taps, outWidth, outHeight, target);
      return new Uint8Array(wasm.memory.buffer).slice(target, target + outHeight * outWidth * channels);
    },

    sums(pixels, channels) {
      const [totals, source] = layOut(8 * sumsOf(channels), pixels.length) as [number, number];
      new Float64Array(wasm.memory.buffer, totals, sumsOf(channels)).fill(0);
      put(source, pixels);
      (channels === 3 ? wasm.sums3 : wasm.sums1)(source, pixels.length / channels, totals);
      return new Float64Array(wasm.memory.buffer, totals, sumsOf(channels)).slice();
    },
  };
}
