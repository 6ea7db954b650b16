import type { TerraformParser } from './hcl/parser.ts';
import { type Instance, instancesIn } from './terraform/instances.ts';
import { createResolver } from './terraform/create-resolver.ts';
import type { Resolver } from './terraform/resolver.ts';
import { Workspace } from './terraform/workspace.ts';

/** One state of the code. What was parsed of it is kept until `free`. */
export interface Session {
  readonly files: ReadonlyMap<string, string>;
  readonly resolver: Resolver;
  readonly instances: () => readonly Instance[];
  readonly free: () => void;
}

export function openSession(files: ReadonlyMap<string, string>, parser: TerraformParser): Session {
  const workspace = new Workspace(files, parser);
  let instances: readonly Instance[] | undefined;
  return {
    files,
    resolver: createResolver(workspace),
    instances: () => (instances ??= instancesIn(workspace)),
    free: () => {
      workspace.free();
    },
  };
}
