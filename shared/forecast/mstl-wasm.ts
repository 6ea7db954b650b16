import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The library's package exports the code only; the file is beside it. */
export function mstlWasmFile(): string {
  const code = createRequire(import.meta.url).resolve('@bsull/augurs/mstl');
  return code.replace(/\.js$/, '_bg.wasm');
}

/** Read from its package; the bundling puts the bytes themselves in place of this module. */
export function mstlWasm(): Uint8Array {
  return readFileSync(mstlWasmFile());
}
