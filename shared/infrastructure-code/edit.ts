import type { At, Value } from './at.ts';
import type { Refusal } from './refusal.ts';

/** What the code must say today, so that an edit does not bury what somebody else has changed. */
export type Expectation =
  | { readonly kind: 'is'; readonly value: Value }
  /** Not set yet: it is added beside what is set. */
  | { readonly kind: 'absent' }
  /** Whatever it is: the code is only to be brought in step with what is live. */
  | { readonly kind: 'anything' };

/** The element of a list of objects whose `key` has this value. */
export interface Selector {
  readonly key: string;
  readonly equals: string;
}

/**
 * Where a value stands inside of a resource:
 * `['max_capacity']`, `['serverlessv2_scaling_configuration', 'max_capacity']`,
 * `['container_definitions', { key: 'name', equals: 'api' }, 'cpu']`.
 */
export type AttributePath = readonly [string, ...(string | Selector)[]];

/** A resource as AWS knows it, so that nobody has to know its address in the code. */
export interface ResourceIdentity {
  /** Type in Terraform: `aws_db_instance`. */
  readonly type: string;
  /** Attributes that tell it from others of its type: `{ identifier: 'prod-db' }`. */
  readonly identifiedBy: Readonly<Record<string, string>>;
}

export interface ValueChange {
  readonly present: Expectation;
  readonly to: Value;
}

export interface AttributeChange extends ValueChange {
  readonly attribute: AttributePath;
}

export interface TaskDefinitionChange extends ValueChange {
  readonly what:
    | { readonly kind: 'cpu' }
    | { readonly kind: 'memory' }
    /** What one container may have of it. */
    | {
        readonly kind: 'limit';
        readonly container: string;
        readonly field: 'cpu' | 'memory' | 'memoryReservation';
      }
    | { readonly kind: 'environment'; readonly container: string; readonly variable: string };
}

/** The value of a parameter of Systems Manager. */
export interface ParameterChange extends ValueChange {
  /** Name in AWS: `/production/pgbouncer/default_pool_size`. */
  readonly parameter: string;
}

export interface HpaChange extends ValueChange {
  readonly field: 'minReplicas' | 'maxReplicas';
  readonly to: number;
}

export interface PgbouncerChange extends ValueChange {
  /** `default_pool_size`; of an entry `pool_size` */
  readonly setting: string;
  /** One database or user, whose settings stand in one line; absent for the section `[pgbouncer]`. */
  readonly of?: { readonly section: 'databases' | 'users'; readonly entry: string };
}

/** Values that shall become different. All changes of one edit are made, or none. */
export type ValueEdit =
  | {
      readonly kind: 'set-attributes';
      readonly resource: ResourceIdentity;
      readonly changes: readonly AttributeChange[];
    }
  /** Of `aws_ecs_task_definition` in Terraform, or of a task definition in JSON; whichever there is. */
  | {
      readonly kind: 'set-task-definition';
      /** `null` where it is told by the container and the variable that are changed. */
      readonly family: string | null;
      readonly changes: readonly TaskDefinitionChange[];
    }
  | { readonly kind: 'set-parameters'; readonly changes: readonly ParameterChange[] }
  | {
      readonly kind: 'set-autoscaler';
      readonly name: string;
      readonly namespace: string;
      readonly changes: readonly HpaChange[];
    }
  | {
      readonly kind: 'set-pgbouncer';
      /** `null` where there is but one ini file with a section `[pgbouncer]`. */
      readonly path: string | null;
      readonly changes: readonly PgbouncerChange[];
    };

export interface ReplicaEdit {
  readonly kind: 'add-replica';
  /** A read replica of an instance, or one more instance of an Aurora cluster. */
  readonly of:
    | { readonly kind: 'instance'; readonly identifier: string }
    | { readonly kind: 'cluster'; readonly identifier: string };
  /** Name of the replica in AWS. Not used where replicas are counted (`count = 2`): those name themselves. */
  readonly identifier: string;
}

export type InfrastructureEdit = ValueEdit | ReplicaEdit;

export interface UnreadFile {
  readonly path: string;
  /** `a link`, `not UTF-8` */
  readonly because: string;
}

/** The code as text. Nothing is read from elsewhere. */
export interface InfrastructureCode {
  /** Path in the repository, with `/`, to content. Modules and variables are followed through all of them. */
  readonly files: ReadonlyMap<string, string>;
  /** Folders that may be edited; `'.'` is the whole repository. */
  readonly editable: readonly string[];
  /** Files that are there and were not read. What one of them may have a say in is refused. */
  readonly unread?: readonly UnreadFile[];
}

/** One value that was changed, as a reviewer finds it. */
export interface EditedValue {
  readonly at: At;
  /** `aws_db_instance.main.instance_class`, and where the value comes from, in the order in which it was followed. */
  readonly name: string;
  readonly through: readonly string[];
  /** The literal as it stood, quotes included; `null` where nothing was set. */
  readonly before: string | null;
  readonly after: string;
}

export interface EditedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

export type NotNeeded =
  | { readonly code: 'already-so'; readonly at: At; readonly name: string; readonly value: Value }
  /** `lifecycle { ignore_changes }`: Terraform created the value and leaves it alone. */
  | { readonly code: 'ignored-by-terraform'; readonly at: At; readonly name: string };

export type EditResult =
  | {
      readonly kind: 'edited';
      readonly files: readonly EditedFile[];
      readonly values: readonly EditedValue[];
      /** Changes of the same edit that needed nothing. */
      readonly notNeeded: readonly NotNeeded[];
    }
  | { readonly kind: 'not-needed'; readonly because: readonly NotNeeded[] }
  | {
      readonly kind: 'refused';
      readonly because: Refusal;
      /** What a person can do instead, in one or two sentences. Quotes the code: it is text, never markup. */
      readonly advice: string;
    };

/** What the next `terraform apply`, or its like, would do to a value that is live. */
export type Drift =
  | { readonly kind: 'in-step'; readonly at: At; readonly name: string; readonly value: Value }
  | {
      readonly kind: 'would-undo';
      readonly at: At;
      readonly name: string;
      readonly code: Value;
      readonly live: Value;
    }
  /** Nothing is set in the code: it depends on the provider what happens to the live value. */
  | { readonly kind: 'not-set'; readonly at: At; readonly name: string; readonly live: Value }
  | { readonly kind: 'ignored-by-terraform'; readonly at: At; readonly name: string }
  | { readonly kind: 'unknown'; readonly because: Refusal; readonly advice: string };
