import * as z from 'zod/mini';

/** What the stack tells its functions. Parsed once at cold start; anything missing or unknown-looking is named at once. */
const environmentSchema = z.object({
  AWS_REGION: z.string().check(z.minLength(1)),
  FULCRUM_AUDIT_TABLE: z.string().check(z.minLength(1)),
  FULCRUM_STATE_TABLE: z.string().check(z.minLength(1)),
  FULCRUM_STAGE: z.string().check(z.minLength(1)),
  FULCRUM_EVENT_BUS: z.string().check(z.minLength(1)),
  FULCRUM_CODE_VERSION: z.string().check(z.minLength(1)),
});

export interface Environment {
  readonly region: string;
  readonly auditTable: string;
  readonly stateTable: string;
  readonly stage: string;
  readonly eventBus: string;
  readonly codeVersion: string;
}

/** @throws Error naming every variable that is missing. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const parsed = environmentSchema.safeParse(variables);
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new Error(`environment variables are missing: ${names.join(', ')}; the stack in serverless.yml sets them`);
  }
  const { data } = parsed;
  return {
    region: data.AWS_REGION,
    auditTable: data.FULCRUM_AUDIT_TABLE,
    stateTable: data.FULCRUM_STATE_TABLE,
    stage: data.FULCRUM_STAGE,
    eventBus: data.FULCRUM_EVENT_BUS,
    codeVersion: data.FULCRUM_CODE_VERSION,
  };
}
