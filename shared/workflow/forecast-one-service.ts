import type { AuditEntry, AuditRecord } from '../domain/audit.ts';
import type { Reading } from '../domain/reading.ts';
import type { ForecastReason, Reason } from '../domain/reason.ts';
import type { PastForecast, ServiceForecast } from '../domain/service-forecast.ts';
import { DAY, type EpochMs, HOUR, secondsBetween, type Seconds } from '../domain/units.ts';
import { forecastService } from '../forecast/forecast-service.ts';
import { judgeForecast } from '../forecast/judge-forecast.ts';
import type { ServiceHistory } from '../forecast/service-history.ts';
import { resourceOf } from '../levers/resources.ts';
import { appendOnce, sameOf } from './append-once.ts';
import { decisionIdOf } from './decision-id.ts';
import type { ForecastMeasurement, ForecastOfService, ForecastRun, WantedForecast } from './forecast-context.ts';
import { entryOfReasons } from './tell.ts';

/** What was stored of the service before. */
export interface StoredForecasts {
  readonly present: Reading<ServiceForecast>;
  readonly past: Reading<PastForecast>;
}

/** The hour in which the schedule comes round again is a little early or late. */
const JUDGED_AFTER: Seconds = DAY - HOUR / 2;

/**
 * Forecasts one service and stores what came of it. What there is to tell is told first, so that a run that is cut off tells
 * it the next time; telling twice is prevented by what the audit table holds.
 */
export async function forecastOneService(
  run: ForecastRun,
  { fleet, service }: WantedForecast,
  history: ServiceHistory,
  { present, past }: StoredForecasts,
): Promise<ForecastOfService> {
  const now = run.deps.clock.now();
  const formerly = present.kind === 'seen' ? trustIn(present.value) : 'unjudged';
  const forecast = await forecastService(history, service, fleet, formerly, now);
  const teller = new Teller(run, { fleet, service }, now);

  const standing = standingOf(forecast, history);
  if (formerly !== trustIn(forecast)) {
    await teller.tellOnce('standing', now, [standing], (newestFirst) => toldAlike(newestFirst, standing.code));
  }
  await run.deps.forecasts.save(fleet.name, service.name, forecast);

  const dayIsOver = past.kind === 'seen' && secondsBetween(past.at, now) >= JUDGED_AFTER;
  const measured = dayIsOver ? await tellHowItWent(teller, past.value, forecast, history, standing) : [];
  if (dayIsOver || past.kind === 'unseen') {
    await run.deps.forecasts.savePast(fleet.name, service.name, {
      madeAt: now,
      source: forecast.source,
      day: forecast.day,
    });
  }
  return { fleet: fleet.name, service: service.name, told: teller.told, measured };
}

type Standing = Extract<Reason, { code: 'forecast-trusted' | 'forecast-doubted' }>;

function trustIn({ day, doubts }: ServiceForecast): 'trusted' | 'doubted' {
  return day !== null && doubts.length === 0 ? 'trusted' : 'doubted';
}

function standingOf(forecast: ServiceForecast, { load }: ServiceHistory): Standing {
  const { source, taskCapacity, doubts } = forecast;
  if (trustIn(forecast) === 'doubted') return { code: 'forecast-doubted', doubts };
  const historyDays = (load.perSecond.length * load.stepSeconds) / DAY;
  return { code: 'forecast-trusted', source, taskCapacity, historyDays };
}

/** The newest word on the matter, if it is the same. */
function toldAlike(newestFirst: readonly AuditRecord[], code: Standing['code']): AuditRecord | null {
  for (const record of newestFirst) {
    if (record.transition !== 'judged') continue;
    const standing = record.reasons.find((reason) => isStanding(reason));
    if (standing !== undefined) return standing.code === code ? record : null;
  }
  return null;
}

function isStanding(reason: Reason): boolean {
  return reason.code === 'forecast-trusted' || reason.code === 'forecast-doubted';
}

/** Once a day: how yesterday's forecast turned out, and what the floor would have done in the last days. */
async function tellHowItWent(
  teller: Teller,
  past: PastForecast,
  { rehearsal }: ServiceForecast,
  history: ServiceHistory,
  standing: Standing,
): Promise<readonly ForecastMeasurement[]> {
  const judgement = judgeForecast(past, history);
  const turnedOut: ForecastReason | null = judgement && {
    code: 'forecast-turned-out',
    hours: judgement.hours,
    coveragePercent: 100 * judgement.coverage,
    pinballLossPercent: 100 * judgement.pinballLoss,
  };
  const rehearsed: Reason | null = rehearsal && { code: 'rehearsed', ...rehearsal };
  const reasons = [turnedOut, rehearsed, standing].filter((reason) => reason !== null);
  await teller.tellOnce('day', past.madeAt, reasons, null);
  return [
    ...(turnedOut === null
      ? []
      : [
          teller.measurement('ForecastCoveragePercent', turnedOut.coveragePercent),
          teller.measurement('ForecastPinballLossPercent', turnedOut.pinballLossPercent),
        ]),
    ...(rehearsal === null
      ? []
      : [
          teller.measurement('RehearsedMissedPercent', rehearsal.missedPercent),
          teller.measurement('RehearsedFloorTaskHours', rehearsal.floorTaskHours),
        ]),
    ...(rehearsal === null || rehearsal.ranTaskHours === null
      ? []
      : [teller.measurement('RanTaskHours', rehearsal.ranTaskHours)]),
  ];
}

/** Tells of one service, and remembers what was told. */
class Teller {
  readonly told: AuditEntry[] = [];
  readonly #run: ForecastRun;
  readonly #wanted: WantedForecast;
  readonly #now: EpochMs;

  constructor(run: ForecastRun, wanted: WantedForecast, now: EpochMs) {
    this.#run = run;
    this.#wanted = wanted;
    this.#now = now;
  }

  /**
   * @param about instant that the record is about: with `what` it names it.
   * @param find finds what makes the record superfluous; `null`: the record of the same name.
   */
  async tellOnce(
    what: string,
    about: EpochMs,
    reasons: readonly Reason[],
    find: ((newestFirst: readonly AuditRecord[]) => AuditRecord | null) | null,
  ): Promise<void> {
    const { fleet, service } = this.#wanted;
    const { trigger, policyVersion, deps } = this.#run;
    const occasion = { fleet: fleet.name, trigger, now: this.#now, codeVersion: deps.codeVersion, policyVersion };
    const entry = entryOfReasons(
      occasion,
      {
        resource: resourceOf(service),
        transition: 'judged',
        lever: 'predictive',
        decisionId: decisionIdOf('predictive', fleet.name, service.name, what, about),
      },
      reasons,
    );
    if ((await appendOnce(deps.audit, entry, find ?? sameOf(entry))) === null) this.told.push(entry);
  }

  measurement(metric: ForecastMeasurement['metric'], value: number): ForecastMeasurement {
    return { metric, fleet: this.#wanted.fleet.name, value };
  }
}
