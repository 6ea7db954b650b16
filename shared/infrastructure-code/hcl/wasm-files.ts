import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface WasmFiles {
  /** The machinery of tree-sitter. */
  readonly runtime: Uint8Array;
  /** The grammar of Terraform. */
  readonly grammar: Uint8Array;
}

/** Read from their packages; the bundling puts the bytes themselves in place of this module. */
export function wasmFiles(): WasmFiles {
  const { resolve } = createRequire(import.meta.url);
  return {
    runtime: readFileSync(resolve('web-tree-sitter/web-tree-sitter.wasm')),
    grammar: readFileSync(resolve('@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm')),
  };
}
