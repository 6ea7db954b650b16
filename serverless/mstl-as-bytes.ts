import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { mstlWasmFile } from '../shared/forecast/mstl-wasm.ts';

/** A bundle has no packages beside it: the library of the forecast goes into it, as the bytes that are compiled there. */
export const mstlAsBytes: Plugin = {
  name: 'mstl-as-bytes',
  setup: (context) => {
    context.onLoad({ filter: /[\\/]shared[\\/]forecast[\\/]mstl-wasm\.ts$/ }, () => ({
      contents: `import bytes from ${JSON.stringify(mstlWasmFile())};export const mstlWasm=()=>bytes;`,
      loader: 'js',
    }));
    context.onLoad({ filter: /[\\/]mstl_bg\.wasm$/ }, async ({ path }) => ({
      contents: await readFile(path),
      loader: 'binary',
    }));
  },
};
