import { usdPerMonth } from '../../shared/capacity/fargate-prices.ts';
import type { FleetPolicy, ServicePolicy } from '../../shared/config/policy.ts';
import { HOUR } from '../../shared/domain/units.ts';
import { STEP_SECONDS } from '../load/steps.ts';
import type { Figures } from '../report/report-data.ts';
import type { ServiceRecording } from './recording.ts';

/** Hours of the month that prices are given for. */
const HOURS_PER_MONTH = 730;

/** What a run of one service cost and served, counted on the steps of the plant. */
export function figuresOf(recording: ServiceRecording, service: ServicePolicy, fleet: FleetPolicy): Figures {
  const { load, wanted, missed, lost, cpuPercent } = recording;
  const sum = (series: Float64Array): number => series.reduce((total, value) => total + value, 0);
  const taskHours = (sum(wanted) * STEP_SECONDS) / HOUR;
  const usdPerTaskMonth = usdPerMonth(service.task, 1, fleet.region);
  if (usdPerTaskMonth === null) throw new Error(`there is no Fargate price for ${fleet.region}`);
  let changes = 0;
  for (let step = 1; step < wanted.length; step += 1) if (wanted[step] !== wanted[step - 1]) changes += 1;
  const target = service.targetTracking.cpuPercent;
  return {
    requests: sum(load) * STEP_SECONDS,
    missedRequests: sum(missed) * STEP_SECONDS,
    lostRequests: sum(lost) * STEP_SECONDS,
    taskHours,
    costUsd: (taskHours * usdPerTaskMonth) / HOURS_PER_MONTH,
    capacityChanges: changes,
    minutesAboveTarget: (cpuPercent.filter((cpu) => cpu > target).length * STEP_SECONDS) / 60,
  };
}
