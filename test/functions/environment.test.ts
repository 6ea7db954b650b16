import { describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../../functions/environment.ts';

const VARIABLES = {
  AWS_REGION: 'eu-central-1',
  FULCRUM_AUDIT_TABLE: 'audit',
  FULCRUM_STATE_TABLE: 'state',
  FULCRUM_STAGE: 'production',
  FULCRUM_EVENT_BUS: 'bus',
  FULCRUM_CODE_VERSION: 'abc1234',
};

describe('the environment of a function', () => {
  it('is what the stack has set, and nothing else of what is there', () => {
    const secret = { AWS_SECRET_ACCESS_KEY: 'very secret', AWS_SESSION_TOKEN: 'secret, too' };
    expect(readEnvironment({ ...VARIABLES, ...secret })).toEqual({
      region: 'eu-central-1',
      auditTable: 'audit',
      stateTable: 'state',
      stage: 'production',
      eventBus: 'bus',
      codeVersion: 'abc1234',
    });
  });

  it.each(Object.keys(VARIABLES))('is refused without %s, by its name', (name) => {
    const wanted = `environment variables are missing: ${name}; the stack in serverless.yml sets them`;
    expect(() => readEnvironment({ ...VARIABLES, [name]: undefined })).toThrow(wanted);
    expect(() => readEnvironment({ ...VARIABLES, [name]: '' })).toThrow(wanted);
  });

  it('names everything that is missing at once, and quotes nothing that is there', () => {
    const error = (() => {
      try {
        readEnvironment({ AWS_REGION: 'eu-central-1', AWS_SECRET_ACCESS_KEY: 'very secret' });
      } catch (caught) {
        return caught as Error;
      }
      throw new Error('expected to be refused');
    })();
    expect(error.message).toBe(
      'environment variables are missing: FULCRUM_AUDIT_TABLE, FULCRUM_STATE_TABLE, FULCRUM_STAGE, FULCRUM_EVENT_BUS, FULCRUM_CODE_VERSION; the stack in serverless.yml sets them',
    );
  });

  it('is read from the process where nothing else is given', () => {
    expect(() => readEnvironment()).toThrow('environment variables are missing');
  });
});
