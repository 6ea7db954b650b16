import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { Secrets } from '../../../shared/adapters/aws/secrets.ts';
import { TransientError } from '../../../shared/domain/errors.ts';
import { awsError, BUG, PERMANENT, TRANSIENT } from './faults.ts';

const clients = {
  secretsManager: new SecretsManagerClient({ region: 'eu-central-1' }),
  ssm: new SSMClient({ region: 'eu-central-1' }),
};
const manager = mockClient(clients.secretsManager);
const ssm = mockClient(clients.ssm);

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:pgbouncer-AbCdEf';
const PARAMETER = 'arn:aws:ssm:eu-central-1:111122223333:parameter/pgbouncer/password';

const read = async (arn: string): Promise<string> => (await new Secrets(clients).read(arn)).reveal();

beforeEach(() => {
  manager.reset();
  ssm.reset();
});

describe('a secret of Secrets Manager', () => {
  it.each([
    { what: 'plain', text: 'pa:ss "word"', password: 'pa:ss "word"' },
    { what: 'as RDS keeps it', text: '{"username":"fulcrum","password":"pass"}', password: 'pass' },
    { what: 'that only looks like a number', text: '123456', password: '123456' },
    { what: 'that only looks like a list', text: '["a"]', password: '["a"]' },
    { what: 'null', text: 'null', password: 'null' },
  ])('$what', async ({ text, password }) => {
    manager.on(GetSecretValueCommand, { SecretId: SECRET }).resolves({ SecretString: text });
    expect(await read(SECRET)).toBe(password);
  });

  it.each(['{"username":"fulcrum","pass":"hidden-text"}', '{"password":{"hidden-text":1}}'])(
    'an object without a password is refused without telling what is in it: %s',
    async (text) => {
      manager.on(GetSecretValueCommand).resolves({ SecretString: text });
      await expect(read(SECRET)).rejects.toThrow(`${SECRET} holds an object without a key "password"`);
    },
  );

  it.each([{}, { SecretString: '' }, { SecretBinary: new Uint8Array([1]) }])('no text: %j', async (answer) => {
    manager.on(GetSecretValueCommand).resolves(answer);
    await expect(read(SECRET)).rejects.toThrow(`there is no text in ${SECRET}`);
  });
});

describe('a parameter of SSM', () => {
  it('is decrypted', async () => {
    ssm.on(GetParameterCommand, { Name: PARAMETER, WithDecryption: true }).resolves({ Parameter: { Value: 'pass' } });
    expect(await read(PARAMETER)).toBe('pass');
  });

  it('may be missing', async () => {
    ssm.on(GetParameterCommand).resolves({});
    await expect(read(PARAMETER)).rejects.toThrow(`there is no text in ${PARAMETER}`);
  });
});

describe('asking', () => {
  it('happens once, also when several ask at the same time', async () => {
    manager.on(GetSecretValueCommand).resolves({ SecretString: 'pass' });
    const secrets = new Secrets(clients);
    await Promise.all([secrets.read(SECRET), secrets.read(SECRET)]);
    await secrets.read(SECRET);
    expect(manager.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });

  it('happens again after a failure, and for a new invocation', async () => {
    manager
      .on(GetSecretValueCommand)
      .rejectsOnce(awsError('ThrottlingException', 400))
      .resolves({ SecretString: 'pass' });
    const secrets = new Secrets(clients);
    await expect(secrets.read(SECRET)).rejects.toThrow(TransientError);
    expect((await secrets.read(SECRET)).reveal()).toBe('pass');
    await new Secrets(clients).read(SECRET);
    expect(manager.commandCalls(GetSecretValueCommand)).toHaveLength(3);
  });

  it.each(TRANSIENT)('%s may pass', async (_name, error) => {
    manager.on(GetSecretValueCommand).rejects(error);
    await expect(read(SECRET)).rejects.toThrow(TransientError);
  });

  it.each(PERMANENT)('%s stays, and names the secret', async (_name, error) => {
    ssm.on(GetParameterCommand).rejects(error);
    await expect(read(PARAMETER)).rejects.toThrow(`reading the password ${PARAMETER}`);
    await expect(read(PARAMETER)).rejects.not.toThrow(TransientError);
  });

  it('a bug of ours is not taken for news of AWS', async () => {
    manager.on(GetSecretValueCommand).rejects(BUG);
    await expect(read(SECRET)).rejects.toBe(BUG);
  });
});
