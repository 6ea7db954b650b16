import { createPublicKey, verify } from 'node:crypto';

export type Permissions = Readonly<Record<string, string>>;

/** The only app that is known, and the one installation of it. */
export interface App {
  readonly id: string;
  readonly slug: string;
  readonly installationId: string;
  /** PEM. */
  readonly publicKey: string;
  permissions: Permissions;
  repositories: readonly string[];
}

export interface Grant {
  readonly permissions: Permissions;
  /** Names of repositories; `null`: all. */
  readonly repositories: readonly string[] | null;
  readonly login: string;
}

interface Claims {
  readonly iat: number;
  readonly exp: number;
  readonly iss: string | number;
}

/** GitHub allows ten minutes. */
const TOKEN_LIFE_SECONDS = 600;

/** What is wrong with the signed claim of an app, in the words of GitHub; `null`: nothing. */
export function faultOfJwt(authorization: string, app: App): string | null {
  const [header = '', payload = '', signature = ''] = authorization.replace(/^bearer /i, '').split('.');
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${payload}`),
    createPublicKey(app.publicKey),
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) return 'A JSON web token could not be decoded';
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg: string };
  if (alg !== 'RS256') return 'A JSON web token could not be decoded';
  const { iat, exp, iss } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
  if (String(iss) !== app.id) return 'Integration not found';
  return exp - iat > TOKEN_LIFE_SECONDS + 60 ? "'Expiration time' claim ('exp') is too far in the future" : null;
}

const LEVELS = ['none', 'read', 'write'];

export function covers(given: Permissions, name: string, wanted: string): boolean {
  return LEVELS.indexOf(given[name] ?? 'none') >= LEVELS.indexOf(wanted);
}
