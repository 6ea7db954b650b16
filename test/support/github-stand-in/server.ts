import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type App, covers, faultOfJwt, type Grant, type Permissions } from './access.ts';
import { sha1 } from './objects.ts';
import { type Repository, Unprocessable } from './repository.ts';
import type { Reply } from './route.ts';
import { ROUTES, updateRefs } from './routes.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

/** A fault to come, used up by the first request that it fits. */
export interface Fault {
  readonly method: string;
  readonly path: RegExp;
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The work is done and its answer is lost, rather than refused. */
  readonly when?: 'before' | 'after';
}

/**
 * GitHub over HTTP on loopback, as far as pull requests go: its statuses, its messages and its order of checks (who are
 * you, may you see the repository, may you do this, can it be done).
 */
export class GitHubStandIn {
  readonly requests: Request[] = [];
  readonly faults: Fault[] = [];
  readonly tokens = new Map<string, Grant>();
  /** What comes between the check of a request and its work: another invocation, or a person. */
  readonly meanwhile: {
    readonly method: string;
    readonly path: RegExp;
    readonly happens: () => Promise<void> | void;
  }[] = [];
  /** As for somebody who may not know that the repository exists. */
  isHidden = false;
  readonly repository: Repository;
  readonly #app: App;
  readonly #server: Server;

  constructor(repository: Repository, app: App) {
    this.repository = repository;
    this.#app = app;
    this.#server = createServer((request, response) => {
      void this.#reply(request).then(({ status, body, headers = {} }) => {
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
        response.end(JSON.stringify(body));
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  count(method: string, path: RegExp): number {
    return this.requests.filter((request) => request.method === method && path.test(request.path)).length;
  }

  async #reply(incoming: IncomingMessage): Promise<Reply> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, path, authorization: headers.authorization ?? '', body };
    this.requests.push(request);
    const fits = (each: { readonly method: string; readonly path: RegExp }): boolean =>
      each.method === method && each.path.test(path);
    const event = this.meanwhile.findIndex(fits);
    if (event >= 0) await this.meanwhile.splice(event, 1)[0]?.happens();
    const index = this.faults.findIndex(fits);
    const [fault] = index < 0 ? [] : this.faults.splice(index, 1);
    if (fault === undefined) return this.#answer(request);
    if (fault.when === 'after') this.#answer(request);
    return { status: fault.status, body: { message: fault.message }, headers: fault.headers ?? {} };
  }

  #answer(request: Request): Reply {
    try {
      const token = /^\/app\/installations\/([^/]+)\/access_tokens$/.exec(request.path);
      if (token !== null) return this.#installationToken(request, token[1] ?? '');
      const grant = this.tokens.get(request.authorization.replace(/^(?:token|bearer) /i, ''));
      if (grant === undefined) return { status: 401, body: { message: 'Bad credentials' } };
      return request.path === '/graphql' ? this.#graphql(request, grant) : this.#rest(request, grant);
    } catch (error) {
      if (!(error instanceof Unprocessable)) throw error;
      const { message } = error;
      return { status: 422, body: { message: 'Validation Failed', errors: [{ message }] } };
    }
  }

  #installationToken({ authorization, body }: Request, installation: string): Reply {
    const fault = faultOfJwt(authorization, this.#app);
    if (fault !== null) return { status: 401, body: { message: fault } };
    if (installation !== this.#app.installationId) return { status: 404, body: { message: 'Not Found' } };
    const asked = JSON.parse(body || '{}') as { permissions?: Permissions; repositories?: string[] };
    const permissions = asked.permissions ?? this.#app.permissions;
    const isGranted = Object.entries(permissions).every(([name, level]) => covers(this.#app.permissions, name, level));
    if (!isGranted) throw new Unprocessable('The permissions requested are not granted to this installation.');
    const repositories = asked.repositories ?? this.#app.repositories;
    if (!repositories.every((name) => this.#app.repositories.includes(name))) {
      throw new Unprocessable('There is at least one repository that does not exist or is not accessible');
    }
    const token = `ghs_${sha1(`${this.tokens.size}`)}`;
    this.tokens.set(token, { permissions, repositories, login: `${this.#app.slug}[bot]` });
    // Far away, so that no clock of a test machine has a say.
    return {
      status: 201,
      body: { token, expires_at: '2100-01-01T00:00:00Z', permissions, repository_selection: 'selected' },
    };
  }

  #graphql({ body }: Request, grant: Grant): Reply {
    const { variables } = JSON.parse(body) as {
      variables: { repositoryId: string; refUpdates: Parameters<typeof updateRefs>[1] };
    };
    const refuse = (type: string, message: string): Reply => ({
      status: 200,
      body: { data: null, errors: [{ type, message }] },
    });
    if (variables.repositoryId !== `R_${this.repository.name}`)
      return refuse('NOT_FOUND', 'Could not resolve to a node');
    if (!covers(grant.permissions, 'contents', 'write')) {
      return refuse('FORBIDDEN', 'Resource not accessible by integration');
    }
    return updateRefs(this.repository, variables.refUpdates);
  }

  #rest({ method, path, body }: Request, grant: Grant): Reply {
    const url = new URL(path, 'http://127.0.0.1');
    const { repository } = this;
    const prefix = `/repos/${repository.fullName}`;
    const isVisible = grant.repositories?.includes(repository.name) ?? true;
    const isKnown = url.pathname === prefix || url.pathname.startsWith(`${prefix}/`);
    if (this.isHidden || !isVisible || !isKnown) return { status: 404, body: { message: 'Not Found' } };
    const rest = url.pathname.slice(prefix.length);
    for (const route of ROUTES) {
      const match = route.path.exec(rest);
      if (route.method !== method || match === null) continue;
      if (!route.needs.some(([name, level]) => covers(grant.permissions, name, level))) {
        return { status: 403, body: { message: 'Resource not accessible by integration' } };
      }
      const given = body === '' ? {} : (JSON.parse(body) as Readonly<Record<string, unknown>>);
      return route.answer({ repository, grant, url, body: given, path: match.slice(1).map(decodeURIComponent) });
    }
    return { status: 404, body: { message: 'Not Found' } };
  }
}
