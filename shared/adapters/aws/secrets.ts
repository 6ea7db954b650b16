import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { Secret } from '../../domain/secret.ts';
import { failureWhile } from './errors.ts';

export interface SecretClients {
  readonly secretsManager: Pick<SecretsManagerClient, 'send'>;
  readonly ssm: Pick<SSMClient, 'send'>;
}

/**
 * Passwords by ARN: secrets of Secrets Manager, plain or with a key `password` as RDS keeps them, and SecureString
 * parameters of SSM. Each is fetched once for the life of the object, which is one invocation: a rotated password is
 * known at the next one.
 */
export class Secrets {
  readonly #clients: SecretClients;
  readonly #fetched = new Map<string, Promise<Secret>>();

  constructor(clients: SecretClients) {
    this.#clients = clients;
  }

  /**
   * @throws TransientError when another try may succeed, otherwise an Error that names the secret and never its value
   */
  read(arn: string): Promise<Secret> {
    const known = this.#fetched.get(arn);
    if (known !== undefined) return known;
    const fetching = this.#fetch(arn);
    this.#fetched.set(arn, fetching);
    // A failure is not kept.
    fetching.catch(() => this.#fetched.delete(arn));
    return fetching;
  }

  async #fetch(arn: string): Promise<Secret> {
    const text = await this.#text(arn).catch((error: unknown) => {
      throw failureWhile(`reading the password ${arn}`, error);
    });
    if (text === undefined || text === '') throw new Error(`there is no text in ${arn}`);
    return new Secret(passwordIn(text, arn));
  }

  async #text(arn: string): Promise<string | undefined> {
    if (SSM_PARAMETER.test(arn)) {
      const answer = await this.#clients.ssm.send(new GetParameterCommand({ Name: arn, WithDecryption: true }));
      return answer.Parameter?.Value;
    }
    const answer = await this.#clients.secretsManager.send(new GetSecretValueCommand({ SecretId: arn }));
    return answer.SecretString;
  }
}

const SSM_PARAMETER = /^arn:[^:]+:ssm:/;

/** A password may itself look like JSON; only an object is taken apart. */
function passwordIn(text: string, arn: string): string {
  const value = objectIn(text);
  if (value === null) return text;
  if (!('password' in value) || typeof value.password !== 'string') {
    throw new Error(`${arn} holds an object without a key "password"`);
  }
  return value.password;
}

function objectIn(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
