import { describe, expect, it } from '@jest/globals';
import { handler as changeCacheNodeType } from '../../functions/actions/change-cache-node-type.ts';
import { handler as changeDatabaseClass } from '../../functions/actions/change-database-class.ts';
import { handler as resizeTask } from '../../functions/actions/resize-task.ts';
import { handler as setAuroraCapacity } from '../../functions/actions/set-aurora-capacity.ts';
import { handler as setCacheShape } from '../../functions/actions/set-cache-shape.ts';
import { handler as setReadReplicas } from '../../functions/actions/set-read-replicas.ts';
import { handler as setStorageCeiling } from '../../functions/actions/set-storage-ceiling.ts';
import { handler as ensureTargetTracking } from '../../functions/actions/ensure-target-tracking.ts';
import { handler as scheduleCapacity } from '../../functions/actions/schedule-capacity.ts';
import { handler as setCapacityBounds } from '../../functions/actions/set-capacity-bounds.ts';
import { handler as alarm } from '../../functions/triggers/alarm.ts';
import { handler as forecast } from '../../functions/triggers/forecast.ts';
import { handler as infrastructure } from '../../functions/triggers/infrastructure.ts';
import { handler as knownEvent } from '../../functions/triggers/known-event.ts';
import { handler as scaledToMax } from '../../functions/triggers/scaled-to-max.ts';
import { handler as tick } from '../../functions/triggers/tick.ts';
import { captureLog, LAMBDA_CONTEXT } from '../support/lambda-log.ts';

/** Exactly what Lambda calls: the export with everything around it. */
const HANDLERS = {
  alarm,
  forecast,
  knownEvent,
  scaledToMax,
  tick,
  ensureTargetTracking,
  scheduleCapacity,
  setCapacityBounds,
  infrastructure,
  changeCacheNodeType,
  changeDatabaseClass,
  resizeTask,
  setAuroraCapacity,
  setCacheShape,
  setReadReplicas,
  setStorageCeiling,
};

const lines = captureLog();

describe.each(Object.entries(HANDLERS))('the deployed handler of %s', (_name, handler) => {
  it('says what is wrong when it was not packaged, at every event anew', async () => {
    for (let event = 0; event < 2; event += 1) {
      await expect(handler({ id: 'x', 'detail-type': 'Scheduled Event' }, LAMBDA_CONTEXT)).rejects.toThrow(
        'this code was not packaged: the policy is put in by `sls package`',
      );
    }
  });

  it('logs nothing of its environment, and no noise', async () => {
    await handler({ secret: 'in the event' }, LAMBDA_CONTEXT).catch(() => undefined);
    const logged = lines.join('\n');
    expect(logged).not.toContain('in the event');
    expect(logged).not.toContain(process.env['PATH'] ?? 'no path');
    // An invocation in which nothing happened has nothing to say.
    expect(lines).toEqual([]);
  });
});
