import * as z from 'zod';

const name = z.string().min(1).max(512);

/** Where the sizes stand that a PgBouncer starts with; part of the schema of `fulcrum.yml`. */
export const poolerDurableSchema = z.strictObject({
  kind: z
    .enum(['task-definition', 'ssm-parameter'])
    .describe(
      '`task-definition`: environment variables of the container, in a new revision that the service rolls out; its deployment circuit breaker has to be on. `ssm-parameter`: parameters that the tasks read when they start.',
    ),
  container: z.string().min(1).max(255).optional().describe('Container of PgBouncer in the task definition.'),
  names: z
    .strictObject({
      defaultPoolSize: name.optional().describe('Name of the variable or parameter of `default_pool_size`.'),
      reservePoolSize: name.optional().describe('The same of `reserve_pool_size`.'),
      maxClientConnections: name.optional().describe('The same of `max_client_conn`.'),
    })
    .describe('Where each size stands. One that is not named is not made durable.'),
  passRoles: z
    .array(z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/))
    .max(4)
    .default([])
    .describe('Task role and execution role of the task definition: who registers a revision has to pass them on.'),
});
