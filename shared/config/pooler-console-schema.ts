import * as z from 'zod';

/** How the admin consoles of the PgBouncers of a fleet are reached; part of the schema of `fulcrum.yml`. */
export const poolerConsoleSchema = z.strictObject({
  user: z
    .string()
    .min(1)
    .max(63)
    .default('fulcrum')
    .describe('Listed in `admin_users` of PgBouncer; in `stats_users` alone it can only be measured.'),
  passwordFrom: z
    .string()
    .regex(/^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:|ssm:[a-z0-9-]+:\d{12}:parameter\/)\S+$/)
    .meta({
      description:
        'ARN of a secret of Secrets Manager, plain or with a key `password`, or of a SecureString parameter of SSM.',
      patternErrorMessage: 'the ARN of a secret of Secrets Manager or of a parameter of SSM',
      examples: ['arn:aws:secretsmanager:eu-central-1:111122223333:secret:pgbouncer-console-AbCdEf'],
    }),
  database: z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe(
      'A database of PgBouncer that `user` may connect to: it is asked for the live `max_connections`, and for transactions that fail while pools are tuned. Without it `database.maxConnections` counts, and failed transactions are unseen.',
    ),
  port: z.int().min(1).max(65_535).default(6_432).describe('`listen_port` of PgBouncer.'),
  hosts: z
    .array(
      z
        .string()
        .regex(/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:\d{1,5})?$/)
        .meta({
          description: 'Host name or address of one PgBouncer, with its port where it differs from `port`.',
          patternErrorMessage: 'a host name or address, [in brackets] for IPv6, and perhaps a port',
          examples: ['10.0.1.5', 'pooler-a.internal:6432'],
        }),
    )
    .min(1)
    .max(100)
    .optional()
    .describe('Every PgBouncer, where they are not the tasks of the ECS service.'),
  tls: z
    .enum(['disable', 'require', 'verify-full'])
    .default('disable')
    .describe('As `sslmode`: `require` encrypts, `verify-full` also checks certificate and name.'),
  tlsServerName: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('Name in the certificate, where it is not the address.'),
  tlsAuthorities: z
    .string()
    .includes('-----BEGIN CERTIFICATE-----')
    .optional()
    .describe('Authorities in PEM for `verify-full`, where they are not those that Node.js trusts.'),
  vpc: z
    .strictObject({
      subnetIds: z
        .array(z.string().regex(/^subnet-[0-9a-f]+$/))
        .min(1)
        .max(16)
        .describe('Private subnets.'),
      securityGroupIds: z
        .array(z.string().regex(/^sg-[0-9a-f]+$/))
        .min(1)
        .max(5)
        .describe('Those of PgBouncer have to let these in.'),
    })
    .optional()
    .describe('Where the functions run that speak to PgBouncer. Their way to the APIs of AWS is a NAT or endpoints.'),
});
