import { findAlarm } from '../alarms/alarm-plan.ts';
import type { FleetPolicy, Policy } from '../config/policy.ts';
import type { Trigger } from '../domain/audit.ts';
import type { AlarmStateChange } from '../events/alarm.ts';
import { quoted } from '../events/parse.ts';
import type { ScaledToMax } from '../events/scaled-to-max.ts';
import { appendOnce, sameOf } from './append-once.ts';
import { decisionIdOf } from './decision-id.ts';
import { lookAtFleet, type LookReport } from './look.ts';
import type { LookDependencies } from './look-context.ts';
import { entryOfReasons } from './tell.ts';

export type WakeReport =
  { readonly kind: 'looked'; readonly report: LookReport } | { readonly kind: 'ignored'; readonly why: string };

/** An alarm only makes the next look come sooner: the decision is taken on the metrics. */
export async function onAlarm(
  alarm: AlarmStateChange,
  policy: Policy,
  stage: string,
  deps: LookDependencies,
): Promise<WakeReport> {
  if (alarm.state !== 'ALARM') return { kind: 'ignored', why: `state ${alarm.state} asks for nothing` };
  const trigger: Trigger = { kind: 'alarm', id: alarm.id };
  const found = findAlarm(policy, stage, alarm.alarmName);
  if (found === null) return { kind: 'ignored', why: await tellUnknownAlarm(alarm, trigger, policy, deps) };
  return { kind: 'looked', report: await lookAtFleet(found, policy.policyVersion, trigger, deps) };
}

/** Once for each change of its state, however often that is delivered. @returns what is told. */
async function tellUnknownAlarm(
  { alarmName, id }: AlarmStateChange,
  trigger: Trigger,
  { policyVersion }: Policy,
  { audit, clock, codeVersion }: LookDependencies,
): Promise<string> {
  const message = `the alarm ${quoted(alarmName)} belongs to no service of this policy; the next deployment removes it`;
  const entry = entryOfReasons(
    { fleet: 'none', trigger, now: clock.now(), codeVersion, policyVersion },
    {
      resource: `alarm/${alarmName}`,
      transition: 'refused',
      lever: null,
      decisionId: decisionIdOf('alarm', 'none', alarmName, id, 0),
    },
    [{ code: 'unknown-service', message }],
  );
  await appendOnce(audit, entry, sameOf(entry));
  return message;
}

export async function onScaledToMax(event: ScaledToMax, policy: Policy, deps: LookDependencies): Promise<WakeReport> {
  const { cluster, service } = event.target;
  const fleet: FleetPolicy | undefined = policy.fleets.find(({ services }) =>
    services.some((mine) => mine.cluster === cluster && mine.service === service),
  );
  // The rule hears of every ECS service of the account; most are not ours, and that is nobody's mistake.
  if (fleet === undefined) return { kind: 'ignored', why: `${cluster}/${service} is in no fleet` };
  const trigger: Trigger = { kind: 'scaled-to-max', id: event.id };
  return { kind: 'looked', report: await lookAtFleet(fleet, policy.policyVersion, trigger, deps) };
}
