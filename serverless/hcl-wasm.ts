import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Puts the WASM of the Terraform parser into the bundle, in place of the module that reads it from its packages: beside a
 * bundle there are none.
 */
export const hclWasmAsValue: Plugin = {
  name: 'hcl-wasm-as-value',
  setup: (context) => {
    context.onLoad({ filter: /[\\/]infrastructure-code[\\/]hcl[\\/]wasm-files\.ts$/ }, () => ({
      contents: `
        import runtime from 'web-tree-sitter/web-tree-sitter.wasm';
        import grammar from '@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm';
        export const wasmFiles = () => ({ runtime, grammar });`,
      loader: 'js',
      resolveDir: import.meta.dirname,
    }));
    context.onLoad({ filter: /[\\/](web-tree-sitter|tree-sitter-terraform)\.wasm$/ }, async ({ path }) => ({
      contents: await readFile(path),
      loader: 'binary',
    }));
  },
};
