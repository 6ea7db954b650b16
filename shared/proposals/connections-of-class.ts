import { databaseClass } from '../capacity/database-classes.ts';
import type { ChangeOf } from '../domain/change.ts';
import type { Connections } from '../domain/units.ts';

export interface ConnectionsOfClass {
  readonly maxConnections: Connections;
  /** A number that a parameter group sets outright stays what it is when the class changes. */
  readonly setBy: 'class' | 'parameter-group';
}

/** The defaults are known to one or two in a hundred. */
const SAME_WITHIN = 0.05;

/**
 * `max_connections` after a change of class, from what policy says of it now:
 *
 *   1742 on db.r6g.large, which is its default  ->  3508 on db.r6g.xlarge
 *   200 on db.r6g.large, by a parameter group   ->  200 on db.r6g.xlarge
 *
 * Of a class that is not known it stays.
 */
export function connectionsOfClass(
  { from, to }: ChangeOf<'change-database-class'>,
  configured: Connections,
): ConnectionsOfClass {
  const [before, after] = [databaseClass(from.instanceClass), databaseClass(to.instanceClass)];
  if (before === null || after === null) return { maxConnections: configured, setBy: 'class' };
  const isDefault = Math.abs(configured - before.maxConnections) <= before.maxConnections * SAME_WITHIN;
  return isDefault
    ? { maxConnections: after.maxConnections, setBy: 'class' }
    : { maxConnections: configured, setBy: 'parameter-group' };
}
