import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import type { Policy } from '../shared/config/policy.ts';
import { hclWasmAsValue } from './hcl-wasm.ts';
import { mstlAsBytes } from './mstl-as-bytes.ts';

/**
 * How a handler becomes one file. `sls package` (serverless/plugin.ts), the bench and the end-to-end tests all use
 * these options, so that they mean the same bytes.
 *
 * @param policy what `packagedPolicy()` gives in the bundle; asked once a bundle
 */
export function bundling(policy: () => Policy | Promise<Policy>) {
  return {
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Otherwise esbuild takes the CommonJS build of the SDK, which it cannot shake: twice the bytes and the start-up time.
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: false,
    // An uncaught error prints its source line; in a minified file of one line that is the whole file.
    lineLimit: 500,
    legalComments: 'none',
    sourcemap: false,
    // Otherwise the nearest tsconfig.json has a say, and the bytes depend on the folder.
    tsconfigRaw: {},
    logLevel: 'silent',
    alias: {
      '@aws-sdk/credential-provider-node': beside('environment-credentials.ts'),
      '@aws-sdk/endpoint-cache': beside('no-endpoint-cache.ts'),
      '@aws-sdk/signature-v4-multi-region': beside('one-region-signature.ts'),
      '@smithy/core/event-streams': beside('no-event-streams.ts'),
    },
    // What is left of CommonJS asks for Node's own modules by `require`.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    plugins: [policyAsValue(policy), versionOnly, mstlAsBytes, hclWasmAsValue, noSoftwareHash, noYamlParser],
  } satisfies BuildOptions;
}

/**
 * Bundles one handler exactly as the packaging does.
 *
 * @param entryFile path of the handler, `functions/triggers/tick.ts`
 * @param outFile where the module goes; `.mjs`, so that Node reads it as one
 * @returns size of the module in bytes
 * @throws BuildFailure of esbuild
 */
export async function bundleFunction(entryFile: string, outFile: string, policy: Policy): Promise<number> {
  await build({ ...bundling(() => policy), entryPoints: [entryFile], outfile: outFile });
  return (await stat(outFile)).size;
}

function beside(file: string): string {
  return join(import.meta.dirname, file);
}

/** A policy of thousands of services is read many times faster by JSON.parse than as an object literal. */
function policyAsValue(policy: () => Policy | Promise<Policy>): Plugin {
  return {
    name: 'policy-as-value',
    setup: (context) => {
      context.onLoad({ filter: /[\\/]functions[\\/]packaged-policy\.ts$/ }, async () => ({
        contents: `const policy=JSON.parse(${JSON.stringify(JSON.stringify(await policy()))});export const packagedPolicy=()=>policy;`,
        loader: 'js',
      }));
    },
  };
}

/** The SDK imports the package.json of each client for one number, which it tells AWS. */
const versionOnly: Plugin = {
  name: 'version-only',
  setup: (context) => {
    context.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[a-z-]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { readonly version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** By its path beside those that use it, which `alias` does not reach. */
const noSoftwareHash: Plugin = {
  name: 'no-software-hash',
  setup: (context) => {
    context.onResolve({ filter: /^\.\/Sha256Js$/ }, ({ importer }) =>
      /[\\/]@smithy[\\/]core[\\/]/.test(importer) ? { path: beside('no-software-hash.ts') } : null,
    );
  },
};

/**
 * A function that reads its policy from YAML would carry the parser, and could run another policy than the one it was
 * packaged with. The manifests of Kubernetes are YAML whatever we do.
 */
const noYamlParser: Plugin = {
  name: 'no-yaml-parser',
  setup: (context) => {
    context.onResolve({ filter: /^yaml$/ }, ({ importer }) =>
      /[\\/]shared[\\/]infrastructure-code[\\/]kubernetes[\\/]/.test(importer)
        ? null
        : {
            errors: [
              { text: `${importer} brings the YAML parser into a function: take the policy from packagedPolicy()` },
            ],
          },
    );
  },
};
