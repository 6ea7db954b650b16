import { checkCalendar } from './checks/calendar.ts';
import { checkConnections, checkServices } from './checks/capacity.ts';
import { checkCarbon } from './checks/carbon.ts';
import { checkConnectionMath } from './checks/connection-math.ts';
import { checkDatabaseLevers } from './checks/database-levers.ts';
import { checkFreezes } from './checks/freezes.ts';
import { checkInfrastructureCode } from './checks/infrastructure-code.ts';
import { checkInfrastructureLevers, checkPodAutoscalers } from './checks/infrastructure-levers.ts';
import { checkOwnership } from './checks/ownership.ts';
import { checkSustained } from './checks/sustained.ts';
import type { Finding } from './problem.ts';
import type { SoundFleet } from './sound-parts.ts';

/** What no schema of single keys can say, fleet by fleet. */
const FLEET_CHECKS: readonly ((fleet: SoundFleet) => readonly Finding[])[] = [
  checkServices,
  checkConnections,
  checkConnectionMath,
  checkSustained,
  checkFreezes,
  checkCalendar,
  checkCarbon,
  checkInfrastructureCode,
  checkInfrastructureLevers,
  checkDatabaseLevers,
  checkPodAutoscalers,
];

/** Everything that two or more keys contradict each other in. */
export function checkAcross(fleets: readonly SoundFleet[]): readonly Finding[] {
  return [...fleets.flatMap((fleet) => FLEET_CHECKS.flatMap((check) => check(fleet))), ...checkOwnership(fleets)];
}
