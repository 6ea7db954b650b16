import { relative } from 'node:path';
import { loadPolicyFile } from '../shared/config/load-file.ts';
import type { Policy } from '../shared/config/policy.ts';
import { formatProblems } from '../shared/config/problem.ts';
import { poolerNetwork, type PoolerNetwork } from './pooler-scope.ts';

/** What one deployment serves: the fleets of one region of one account (docs/decisions/0007). */
export interface Stack {
  /** With the fleets of the region only. */
  readonly policy: Policy;
  readonly region: string;
  readonly account: string;
  /** Where the functions stand that speak to PgBouncer; `null`: in no network of ours. */
  readonly poolerNetwork: PoolerNetwork | null;
  /** What a person should know before it is deployed. */
  readonly notices: readonly string[];
}

export type StackResult =
  | { readonly kind: 'ok'; readonly stack: Stack }
  /** One message for the person who deploys, of one line or several. */
  | { readonly kind: 'refused'; readonly message: string };

/**
 * Reads the configuration and takes what belongs into one stack.
 *
 * @param region as asked for; without it the file has to name only one
 */
export async function readStack(file: string, region: string | undefined): Promise<StackResult> {
  const loaded = await loadPolicyFile(file);
  if (loaded.kind === 'invalid') return { kind: 'refused', message: formatProblems(loaded.problems) };
  return stackOf(loaded.policy, relative(process.cwd(), file), region);
}

export function stackOf(policy: Policy, file: string, asked: string | undefined): StackResult {
  const regions = [...new Set(policy.fleets.map(({ region }) => region))].sort();
  const region = asked ?? regions[0] ?? '';
  if (asked === undefined && regions.length > 1) {
    return refused(`${file} has fleets in ${list(regions)}, and a stack serves one region: say which with --region`);
  }
  const fleets = policy.fleets.filter((fleet) => fleet.region === region);
  const [first] = fleets;
  if (first === undefined) {
    return refused(`${file} has no fleet in ${region}; its fleets are in ${list(regions)}: name one with --region`);
  }
  const elsewhere = fleets.find(({ account }) => account !== first.account);
  if (elsewhere !== undefined) {
    const owners = [first, elsewhere].map(({ name, account }) => `${name} in ${account}`);
    return refused(
      `${file} has fleets of several accounts in ${region} (${list(owners)}), and a stack serves one account: ` +
        'make a file for each, and deploy it with --param config=FILE and the credentials of its account',
    );
  }
  const leftOut = policy.fleets.filter((fleet) => fleet.region !== region);
  const notices = leftOut.length === 0 ? [] : [`left out: ${list(leftOut.map(placed))}, not in ${region}`];
  const network = poolerNetwork({ fleets });
  if (network.kind === 'refused') return refused(network.message);
  return {
    kind: 'ok',
    stack: { policy: { ...policy, fleets }, region, account: first.account, poolerNetwork: network.network, notices },
  };
}

function placed({ name, region }: { readonly name: string; readonly region: string }): string {
  return `${name} (${region})`;
}

function refused(message: string): StackResult {
  return { kind: 'refused', message };
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
