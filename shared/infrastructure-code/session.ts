import type { InfrastructureCode, UnreadFile } from './edit.ts';
import type { TerraformParser } from './hcl/parser.ts';
import { type Instance, instancesIn } from './terraform/instances.ts';
import { createResolver } from './terraform/create-resolver.ts';
import type { Resolver } from './terraform/resolver.ts';
import { Workspace } from './terraform/workspace.ts';

/** One state of the code. What was parsed of it is kept until `free`. */
export interface Session {
  readonly files: ReadonlyMap<string, string>;
  readonly unread: readonly UnreadFile[];
  readonly resolver: Resolver;
  readonly instances: () => readonly Instance[];
  readonly free: () => void;
}

export function openSession(
  { files, unread = [] }: Pick<InfrastructureCode, 'files' | 'unread'>,
  parser: TerraformParser,
): Session {
  const workspace = new Workspace(files, parser, unread);
  let instances: readonly Instance[] | undefined;
  return {
    files,
    unread,
    resolver: createResolver(workspace),
    instances: () => (instances ??= instancesIn(workspace)),
    free: () => {
      workspace.free();
    },
  };
}
