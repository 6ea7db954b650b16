import {
  type ApplicationAutoScalingClient,
  DescribeScalingActivitiesCommand,
  type ScalingActivity,
} from '@aws-sdk/client-application-auto-scaling';
import type { ScalableTargetId } from '../../domain/capacity.ts';
import { type Reading, seen } from '../../domain/reading.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { Clock } from '../../ports.ts';
import { unseenBecause } from './errors.ts';
import { scalableTarget } from './scalable-target.ts';

const ACTIVITIES_PER_PAGE = 50;
/** Activities come newest first and are kept for six weeks: what is wanted stands on the first page nearly always. */
const MOST_PAGES = 10;

/** The newest instant from `since` on at which scaling stopped because capacity was at its maximum; `null`: none. */
export async function readAlreadyAtMax(
  autoScaling: ApplicationAutoScalingClient,
  clock: Clock,
  target: ScalableTargetId,
  since: EpochMs,
): Promise<Reading<EpochMs | null>> {
  const asked = clock.now();
  try {
    let NextToken: string | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page = await autoScaling.send(
        new DescribeScalingActivitiesCommand({
          ...scalableTarget(target),
          IncludeNotScaledActivities: true,
          MaxResults: ACTIVITIES_PER_PAGE,
          NextToken,
        }),
      );
      const recent = (page.ScalingActivities ?? []).filter((activity) => startOf(activity) >= since);
      const newest = Math.max(...recent.filter(wasAtMax).map(startOf));
      if (Number.isFinite(newest)) return seen(newest, asked);
      NextToken = page.NextToken;
      if (NextToken === undefined || recent.length === 0) break;
    }
    return seen(null, asked);
  } catch (error) {
    return unseenBecause(error);
  }
}

function startOf({ StartTime }: ScalingActivity): EpochMs {
  return StartTime?.getTime() ?? Number.NEGATIVE_INFINITY;
}

function wasAtMax({ NotScaledReasons = [] }: ScalingActivity): boolean {
  return NotScaledReasons.some(({ Code }) => Code === 'AlreadyAtMaxCapacity');
}
