import { loadPolicy } from '../../shared/config/load.ts';
import type { FleetPolicy, Policy, ServicePolicy } from '../../shared/config/policy.ts';

/** A policy from the text of a `fulcrum.yml`; the problems are the error. */
function policyFrom(text: string): Policy {
  const loaded = loadPolicy(text, 'fulcrum.yml');
  if (loaded.kind === 'ok') return loaded.policy;
  throw new Error(loaded.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
}

export interface FleetText {
  readonly name?: string;
  /** Lines of each service beside name, cluster, min, max, hardLimit and task. */
  readonly services?: Readonly<Record<string, readonly string[]>>;
  /** Further keys of the fleet, as lines of YAML. */
  readonly extra?: readonly string[];
  /** Settings of levers beside their mode. */
  readonly levers?: Readonly<Record<string, string>>;
  readonly mode?: 'off' | 'observe' | 'propose' | 'apply';
}

/** A fleet as it is written: one service `api` with 2 to 10 tasks and a hard limit of 30 unless told otherwise. */
function fleetText({
  name = 'production',
  services = { api: [] },
  extra = [],
  levers = {},
  mode = 'apply',
}: FleetText) {
  return [
    `  - name: ${name}`,
    '    environment: production',
    '    region: eu-central-1',
    "    account: '111122223333'",
    '    services:',
    ...Object.entries(services).flatMap(([service, lines]) => [
      `      - name: ${service}`,
      `        cluster: ${name}`,
      '        min: 2',
      '        max: 10',
      '        hardLimit: 30',
      '        task: { cpuUnits: 1024, memoryMiB: 2048 }',
      ...lines.map((line) => `        ${line}`),
    ]),
    ...extra.map((line) => `    ${line}`),
    '    levers:',
    // Without a forecast it has nothing to say: a test that is about one switches it on.
    ...('predictive' in levers ? [] : ['      predictive: { mode: off }']),
    ...['target-tracking', 'ceiling', 'known-event', ...('predictive' in levers ? ['predictive'] : [])].map(
      (lever) => `      ${lever}: { mode: ${mode}${levers[lever] === undefined ? '' : `, ${levers[lever]}`} }`,
    ),
  ];
}

export function aPolicy(...fleets: readonly FleetText[]): Policy {
  const texts = fleets.length === 0 ? [{}] : fleets;
  return policyFrom(['version: 1', 'fleets:', ...texts.flatMap(fleetText), ''].join('\n'));
}

export function fleetOf(policy: Policy, name = 'production'): FleetPolicy {
  const found = policy.fleets.find((fleet) => fleet.name === name);
  if (found === undefined) throw new Error(`no fleet ${name}`);
  return found;
}

export function servicePolicyOf(policy: Policy, name: string): ServicePolicy {
  const found = policy.fleets.flatMap(({ services }) => services).find((service) => service.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}
