import type { Act, Decision } from '../domain/decision.ts';
import type { Veto } from '../domain/reason.ts';
import { type GuardContext } from './guard.ts';
import { GUARDS } from './guards.ts';

/** Puts a wanted change before every guard: what comes back is the change, a smaller one, or a hold with all vetoes. */
export function applyGuards(context: GuardContext): Decision {
  let wanted: Act = context.wanted;
  const vetoes: Veto[] = [];
  for (const guard of GUARDS) {
    const finding = guard.check({ ...context, wanted });
    if (finding.kind === 'trim') wanted = finding.to;
    if (finding.kind === 'veto') vetoes.push(finding.because);
  }
  const [first, ...others] = vetoes;
  return first === undefined ? wanted : { kind: 'hold', because: [first, ...others], instead: wanted };
}
