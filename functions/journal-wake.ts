import type { WakeReport } from '../shared/workflow/wake.ts';
import type { Journal } from './journal.ts';
import { journalLook } from './journal-look.ts';

export type WakeAnswer = { readonly looked: string } | { readonly ignored: string };

export function journalWake(woken: WakeReport, journal: Journal): WakeAnswer {
  if (woken.kind === 'ignored') {
    journal.tell('event ignored', { why: woken.why });
    return { ignored: woken.why };
  }
  journalLook(woken.report, journal);
  return { looked: woken.report.fleet };
}
