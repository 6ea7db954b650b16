import type { ValueChange, ValueEdit } from './edit.ts';
import { limitsLeftBehind, taskDefinitionPlaces } from './ecs/task-definition-places.ts';
import { autoscalerPlaces } from './kubernetes/autoscaler-places.ts';
import { settingPlaces } from './pgbouncer/setting-places.ts';
import type { Place } from './place.ts';
import type { Found } from './refusal.ts';
import type { Session } from './session.ts';
import { parameterPlaces } from './ssm/parameter-places.ts';
import { attributePlaces } from './terraform/attribute-places.ts';

/** One value that shall become different, whatever it is written in. */
export interface ValueRequest {
  readonly change: ValueChange;
  readonly places: (session: Session) => Found<readonly Place[]>;
}

/** What has to follow once the values of an edit are written: found in the code as it stands then. */
export function requestsAfter(edit: ValueEdit, session: Session): readonly ValueRequest[] {
  if (edit.kind !== 'set-task-definition') return [];
  const { family, changes } = edit;
  if (family === null) return [];
  return changes
    .flatMap((change) => limitsLeftBehind(session, family, change))
    .map((change) => ({ change, places: (later) => taskDefinitionPlaces(later, family, change) }));
}

export function requestsOf(edit: ValueEdit): readonly ValueRequest[] {
  switch (edit.kind) {
    case 'set-attributes':
      return edit.changes.map((change) => ({
        change,
        places: (session) => attributePlaces(session, edit.resource, change.attribute),
      }));
    case 'set-task-definition':
      return edit.changes.map((change) => ({
        change,
        places: (session) => taskDefinitionPlaces(session, edit.family, change),
      }));
    case 'set-parameters':
      return edit.changes.map((change) => ({ change, places: (session) => parameterPlaces(session, change) }));
    case 'set-autoscaler':
      return edit.changes.map((change) => ({
        change,
        places: ({ files }) =>
          autoscalerPlaces(files, { name: edit.name, namespace: edit.namespace, field: change.field }),
      }));
    case 'set-pgbouncer':
      return edit.changes.map((change) => ({
        change,
        places: ({ files }) => settingPlaces(files, edit.path, change),
      }));
  }
}
