import { type Difference, formatShare, relativeDifference } from './format.ts';
import type { Figures, ReportData } from './report-data.ts';

export const FULCRUM = 'Fulcrum';
export const BASELINE = 'target tracking alone';

export interface BothFigures {
  readonly fulcrum: Figures;
  readonly baseline: Figures;
}

export function fleetFigures({ services }: Pick<ReportData, 'services'>): BothFigures {
  return {
    fulcrum: sum(services.map(({ fulcrum }) => fulcrum.figures)),
    baseline: sum(services.map(({ baseline }) => baseline.figures)),
  };
}

function sum(all: readonly Figures[]): Figures {
  const total = (of: (figures: Figures) => number): number => all.reduce((so, figures) => so + of(figures), 0);
  return {
    requests: total(({ requests }) => requests),
    missedRequests: total(({ missedRequests }) => missedRequests),
    lostRequests: total(({ lostRequests }) => lostRequests),
    taskHours: total(({ taskHours }) => taskHours),
    costUsd: total(({ costUsd }) => costUsd),
    capacityChanges: total(({ capacityChanges }) => capacityChanges),
    minutesAboveTarget: total(({ minutesAboveTarget }) => minutesAboveTarget),
  };
}

export function lostShare({ lostRequests, requests }: Figures): number {
  return requests === 0 ? 0 : lostRequests / requests;
}

export function missedShare({ missedRequests, requests }: Figures): number {
  return requests === 0 ? 0 : missedRequests / requests;
}

type Service = 'better' | 'worse' | 'equal' | 'mixed';
type Effort = 'more' | 'less' | 'same';

export interface Verdict {
  readonly service: Service;
  readonly effort: Effort;
  /** `Served better, for more task-hours`. */
  readonly stamp: string;
  readonly headline: string;
}

/** Shares are compared as they are shown: what reads alike is called alike. */
export function verdictOn({ fulcrum, baseline }: BothFigures): Verdict {
  const lost = sharesOf(lostShare(fulcrum), lostShare(baseline));
  const missed = sharesOf(missedShare(fulcrum), missedShare(baseline));
  const service = serviceOf(lost, missed);
  const hours = relativeDifference(fulcrum.taskHours, baseline.taskHours);
  return {
    service,
    effort: hours.kind,
    stamp: stampOf(service, hours.kind),
    headline: headlineOf(lost, missed, effortPhrase(hours)),
  };
}

interface Shares {
  readonly fulcrum: string;
  readonly baseline: string;
  readonly compared: 'better' | 'worse' | 'equal';
}

function sharesOf(fulcrum: number, baseline: number): Shares {
  const shown = { fulcrum: formatShare(fulcrum), baseline: formatShare(baseline) };
  if (shown.fulcrum === shown.baseline) return { ...shown, compared: 'equal' };
  return { ...shown, compared: fulcrum < baseline ? 'better' : 'worse' };
}

function serviceOf(lost: Shares, missed: Shares): Service {
  if (lost.compared === 'equal') return missed.compared;
  if (missed.compared === 'equal' || missed.compared === lost.compared) return lost.compared;
  return 'mixed';
}

const SERVICE_WORDS: Readonly<Record<Service, string>> = {
  better: 'Served better',
  worse: 'Served worse',
  equal: 'Served alike',
  mixed: 'Better in one way, worse in another',
};

function stampOf(service: Service, effort: Effort): string {
  const good = service === 'better' || service === 'equal';
  const effortWords = {
    more: 'for more task-hours',
    less: good ? 'with fewer task-hours' : 'though with fewer task-hours',
    same: 'with the same task-hours',
  };
  const moreForNoGain = effort === 'more' && !(service === 'better');
  return `${SERVICE_WORDS[service]}, ${moreForNoGain ? 'and with more task-hours' : effortWords[effort]}`;
}

function effortPhrase(hours: Difference): string {
  if (hours.kind === 'same') return 'with the same task-hours';
  const size = hours.text === null ? '' : `${hours.text} `;
  return hours.kind === 'more' ? `for ${size}more task-hours` : `with ${size}fewer task-hours`;
}

function headlineOf(lost: Shares, missed: Shares, effort: string): string {
  if (lost.compared === 'equal') return equalLossHeadline(lost, missed, effort);
  const opening = lost.compared === 'worse' ? `${FULCRUM} did worse: it lost` : `${FULCRUM} lost`;
  const first = `${opening} ${lost.fulcrum} of the requests where ${BASELINE} lost ${lost.baseline}, ${effort}.`;
  if (missed.compared === 'equal' || missed.compared === lost.compared) return first;
  const but = missed.compared === 'better' ? 'Yet it missed less' : 'But it missed more';
  return `${first} ${but}: ${missed.fulcrum} against ${missed.baseline}.`;
}

const ZERO_SHARE = formatShare(0);

function equalLossHeadline(lost: Shares, missed: Shares, effort: string): string {
  const alike = lost.fulcrum === ZERO_SHARE ? 'Neither lost a request' : `Both lost ${lost.fulcrum} of the requests`;
  if (missed.compared === 'equal') {
    const slow = missed.fulcrum === ZERO_SHARE ? 'neither missed any' : `both missed ${missed.fulcrum}`;
    return `${FULCRUM} and ${BASELINE} served alike, ${FULCRUM} ${effort}. ${alike}, and ${slow}.`;
  }
  const opening = missed.compared === 'worse' ? `${FULCRUM} did worse: it missed` : `${FULCRUM} missed`;
  return `${opening} ${missed.fulcrum} of the requests where ${BASELINE} missed ${missed.baseline}, ${effort}. ${alike}.`;
}
