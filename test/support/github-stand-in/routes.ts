import { CHECK_ROUTES } from './check-routes.ts';
import type { Person, TreeFile } from './objects.ts';
import { type Pull, type Repository, Unprocessable, WEB_FLOW } from './repository.ts';
import { created, notFound, ok, paged, type Reply, type Route, text } from './route.ts';

function pullBody(repository: Repository, pull: Pull) {
  const {
    number,
    title,
    body,
    state,
    createdAt,
    closedAt,
    mergedAt,
    mergeSha,
    labels,
    head,
    headOwner,
    headSha,
    base,
  } = pull;
  const home = headOwner === repository.owner ? repository.fullName : `${headOwner}/${repository.name}`;
  return {
    number,
    html_url: `https://github.example/${repository.fullName}/pull/${number}`,
    state,
    title,
    body,
    created_at: createdAt,
    closed_at: closedAt,
    merged_at: mergedAt,
    // While it is open, GitHub names here the merge that it has tried.
    merge_commit_sha: mergeSha ?? `${'f'.repeat(39)}${number % 10}`,
    labels: labels.map((name) => ({ name })),
    head: { ref: head, sha: headSha, label: `${headOwner}:${head}`, repo: { full_name: home } },
    base: { ref: base },
  };
}

function commitBody({ objects }: Repository, sha: string) {
  const commit = objects.commit(sha);
  if (commit === undefined) return null;
  const signature = ({ name, email }: Person) => ({ name, email, date: commit.date });
  const account = ({ login }: Person) => (login === null ? null : { login });
  return {
    sha,
    commit: { author: signature(commit.author), committer: signature(commit.committer), message: commit.message },
    author: account(commit.author),
    committer: account(commit.committer),
  };
}

/** Of the files of a tree, those of its root, and its folders as trees of their own. */
function listed({ objects }: Repository, files: ReadonlyMap<string, TreeFile>, isRecursive: boolean) {
  const entries: unknown[] = [];
  const folders = new Map<string, Map<string, TreeFile>>();
  for (const [path, file] of files) {
    const [first = '', ...rest] = path.split('/');
    if (rest.length > 0) {
      folders.set(first, (folders.get(first) ?? new Map<string, TreeFile>()).set(rest.join('/'), file));
    }
    if (rest.length > 0 && !isRecursive) continue;
    entries.push({
      path,
      type: file.mode === '160000' ? 'commit' : 'blob',
      ...file,
      size: objects.blob(file.sha)?.length ?? 0,
    });
  }
  for (const [path, below] of folders)
    entries.push({ path, mode: '040000', type: 'tree', sha: objects.putTree(below) });
  return entries;
}

/** GitHub cuts a recursive listing off; here after so many files. */
export const TREE_AT_MOST = 40;

const READS: readonly Route[] = [
  {
    method: 'GET',
    path: /^$/,
    needs: [['metadata', 'read']],
    answer: ({ repository }) => ok({ node_id: `R_${repository.name}`, full_name: repository.fullName }),
  },
  {
    method: 'GET',
    path: /^\/git\/ref\/(.+)$/,
    needs: [['contents', 'read']],
    answer: ({ repository, path: [ref = ''] }) => {
      const sha = repository.refs.get(`refs/${ref}`);
      return sha === undefined ? notFound : ok({ ref: `refs/${ref}`, object: { type: 'commit', sha } });
    },
  },
  {
    method: 'GET',
    path: /^\/git\/trees\/([^/]+)$/,
    needs: [['contents', 'read']],
    answer: ({ repository, path: [sha = ''], url }) => {
      const files = repository.objects.tree(sha);
      if (files === undefined) return notFound;
      const isRecursive = url.searchParams.has('recursive');
      const entries = listed(repository, files, isRecursive);
      const truncated = isRecursive && entries.length > TREE_AT_MOST;
      return ok({ sha, tree: truncated ? entries.slice(0, TREE_AT_MOST) : entries, truncated });
    },
  },
  {
    method: 'GET',
    path: /^\/git\/blobs\/([^/]+)$/,
    needs: [['contents', 'read']],
    answer: ({ repository, path: [sha = ''] }) => {
      const content = repository.objects.blob(sha);
      return content === undefined
        ? notFound
        : ok({
            sha,
            encoding: 'base64',
            size: content.length,
            content: content.toString('base64').replaceAll(/.{60}/g, '$&\n'),
          });
    },
  },
  {
    method: 'GET',
    path: /^\/git\/commits\/([^/]+)$/,
    needs: [['contents', 'read']],
    answer: ({ repository, path: [sha = ''] }) => {
      const commit = repository.objects.commit(sha);
      return commit === undefined ? notFound : ok({ sha, tree: { sha: commit.tree }, message: commit.message });
    },
  },
  {
    method: 'GET',
    path: /^\/compare\/(.+)\.\.\.(.+)$/,
    needs: [['contents', 'read']],
    answer: ({ repository, path: [base = '', head = ''], url }) => {
      const { objects } = repository;
      const [from, to] = [base, head].map((name) => repository.head(name) ?? name);
      const mergeBase = objects.mergeBase(from ?? '', to ?? '');
      if (mergeBase === undefined) return notFound;
      const ahead = objects.ahead(from ?? '', to ?? '');
      const size = Number(url.searchParams.get('per_page') ?? 250);
      return ok({
        merge_base_commit: commitBody(repository, mergeBase.sha),
        total_commits: ahead.length,
        commits: ahead.slice(0, size).map(({ sha }) => commitBody(repository, sha)),
      });
    },
  },
  {
    method: 'GET',
    path: /^\/pulls$/,
    needs: [['pull_requests', 'read']],
    answer: (call) => {
      const { repository, url } = call;
      const state = url.searchParams.get('state') ?? 'open';
      const head = url.searchParams.get('head');
      const matching = repository.pulls.filter(
        (pull) =>
          (state === 'all' || pull.state === state) && (head === null || head === `${pull.headOwner}:${pull.head}`),
      );
      return paged(call, [...matching].reverse(), (pull) => pullBody(repository, pull));
    },
  },
  {
    method: 'GET',
    path: /^\/pulls\/(\d+)$/,
    needs: [['pull_requests', 'read']],
    answer: ({ repository, path: [number] }) => {
      const pull = repository.pulls.find((each) => String(each.number) === number);
      return pull === undefined ? notFound : ok({ ...pullBody(repository, pull), ...repository.mergeability(pull) });
    },
  },
  {
    method: 'GET',
    path: /^\/issues\/(\d+)\/comments$/,
    needs: [
      ['issues', 'read'],
      ['pull_requests', 'read'],
    ],
    answer: (call) => {
      const { pulls, issues } = call.repository;
      const found = [...pulls, ...issues].find(({ number }) => String(number) === call.path[0]);
      return found === undefined ? notFound : paged(call, found.comments, (comment) => comment);
    },
  },
  {
    method: 'GET',
    path: /^\/issues$/,
    needs: [['issues', 'read']],
    answer: (call) => {
      const { repository, url } = call;
      const label = url.searchParams.get('labels');
      const pulls = repository.pulls.map((pull) => ({ ...pull, pull_request: {} }));
      const items = [...repository.issues, ...pulls].filter(({ labels }) => label === null || labels.includes(label));
      return paged(call, items, (item) => ({
        ...item,
        html_url: `https://github.example/${repository.fullName}/issues/${item.number}`,
      }));
    },
  },
];

const ruleViolation = (): never => {
  throw new Unprocessable('Repository rule violations found\n\nCannot change this branch.');
};

const WRITES: readonly Route[] = [
  {
    method: 'POST',
    path: /^\/git\/blobs$/,
    needs: [['contents', 'write']],
    answer: ({ repository, body }) =>
      created({ sha: repository.objects.putBlob(Buffer.from(text(body['content']), 'base64')) }),
  },
  {
    method: 'POST',
    path: /^\/git\/trees$/,
    needs: [['contents', 'write']],
    answer: ({ repository, body }) => {
      const files = new Map(repository.objects.tree(text(body['base_tree'])) ?? []);
      for (const { path, mode, sha } of body['tree'] as { path: string; mode: string; sha: string }[]) {
        if (repository.objects.blob(sha) === undefined) throw new Unprocessable('tree.sha is not a valid blob');
        files.set(path, { mode, sha });
      }
      return created({ sha: repository.objects.putTree(files) });
    },
  },
  {
    method: 'POST',
    path: /^\/git\/commits$/,
    needs: [['contents', 'write']],
    answer: ({ repository, body, grant }) => {
      const given = body['author'] as { name: string; email: string; date: string } | undefined;
      const bot = { login: grant.login, name: grant.login, email: `${grant.login}@users.noreply.github.example` };
      const commit = repository.objects.putCommit({
        tree: text(body['tree']),
        parents: body['parents'] as string[],
        message: text(body['message']),
        author: given === undefined ? bot : { login: null, name: given.name, email: given.email },
        committer: given === undefined ? WEB_FLOW : { login: null, name: given.name, email: given.email },
        date: given?.date ?? repository.now(),
      });
      return created({ sha: commit.sha });
    },
  },
  {
    method: 'POST',
    path: /^\/git\/refs$/,
    needs: [['contents', 'write']],
    answer: ({ repository, body }) => {
      const ref = text(body['ref']);
      const sha = text(body['sha']);
      if (repository.protectedBranches?.test(ref) === true) ruleViolation();
      if (repository.refs.has(ref)) throw new Unprocessable('Reference already exists');
      if (repository.objects.commit(sha) === undefined) throw new Unprocessable('Object does not exist');
      repository.setRef(ref, sha);
      return created({ ref, object: { sha } });
    },
  },
  {
    method: 'POST',
    path: /^\/pulls$/,
    needs: [['pull_requests', 'write']],
    answer: ({ repository, body }) => {
      const [title = '', about = '', head = '', base = ''] = ['title', 'body', 'head', 'base'].map((key) =>
        text(body[key]),
      );
      refuseLong(title, about);
      const pull = repository.openPull({ title, body: about, head, base });
      return created(pullBody(repository, pull));
    },
  },
  {
    method: 'PATCH',
    path: /^\/pulls\/(\d+)$/,
    needs: [['pull_requests', 'write']],
    answer: ({ repository, body, path: [number] }) => {
      const pull = repository.pulls.find((each) => String(each.number) === number);
      if (pull === undefined) return notFound;
      refuseLong(text(body['title']), text(body['body']));
      if (typeof body['title'] === 'string') pull.title = body['title'];
      if (typeof body['body'] === 'string') pull.body = body['body'];
      if (body['state'] === 'closed') repository.close(pull);
      return ok(pullBody(repository, pull));
    },
  },
  {
    method: 'POST',
    path: /^\/issues\/(\d+)\/labels$/,
    needs: [
      ['issues', 'write'],
      ['pull_requests', 'write'],
    ],
    answer: ({ repository, body, path: [number] }) => {
      const pull = repository.pulls.find((each) => String(each.number) === number);
      if (pull === undefined) return notFound;
      pull.labels = [...new Set([...pull.labels, ...(body['labels'] as string[])])];
      return ok(pull.labels.map((name) => ({ name })));
    },
  },
  {
    method: 'POST',
    path: /^\/issues\/(\d+)\/comments$/,
    needs: [
      ['issues', 'write'],
      ['pull_requests', 'write'],
    ],
    answer: ({ repository, body, path: [number], grant }) =>
      created(repository.comment(Number(number), text(body['body']), grant.login)),
  },
  {
    method: 'PATCH',
    path: /^\/issues\/(\d+)$/,
    needs: [['issues', 'write']],
    answer: ({ repository, body, path: [number] }) => {
      const issue = repository.issues.find((each) => String(each.number) === number);
      if (issue === undefined) return notFound;
      refuseLong(text(body['title']), text(body['body']));
      if (typeof body['title'] === 'string') issue.title = body['title'];
      if (typeof body['body'] === 'string') issue.body = body['body'];
      if (body['state'] === 'closed') issue.state = 'closed';
      return ok({ ...issue, html_url: `https://github.example/${repository.fullName}/issues/${issue.number}` });
    },
  },
  {
    method: 'POST',
    path: /^\/issues$/,
    needs: [['issues', 'write']],
    answer: ({ repository, body }) => {
      if (!repository.hasIssues) return { status: 410, body: { message: 'Issues are disabled for this repo' } };
      refuseLong(text(body['title']), text(body['body']));
      const issue = {
        number: repository.nextNumber(),
        title: text(body['title']),
        body: text(body['body']),
        state: 'open' as const,
        labels: body['labels'] as string[],
        comments: [],
      };
      repository.issues.push(issue);
      return created({ ...issue, html_url: `https://github.example/${repository.fullName}/issues/${issue.number}` });
    },
  },
];

export const ROUTES: readonly Route[] = [...READS, ...CHECK_ROUTES, ...WRITES];

const NOWHERE = '0'.repeat(40);

interface RefUpdate {
  readonly name: string;
  readonly beforeOid: string;
  readonly afterOid: string;
  readonly force: boolean;
}

/** The mutation `updateRefs` of GraphQL, which compares before it sets. */
export function updateRefs(repository: Repository, updates: readonly RefUpdate[]): Reply {
  const refuse = (message: string): Reply => ({
    status: 200,
    body: { data: { updateRefs: null }, errors: [{ type: 'UNPROCESSABLE', message, path: ['updateRefs'] }] },
  });
  for (const { name, beforeOid } of updates) {
    if (repository.protectedBranches?.test(name) === true)
      return refuse(`Repository rule violations found for ${name}`);
    if ((repository.refs.get(name) ?? NOWHERE) !== beforeOid) return refuse(`${name} is not at ${beforeOid}`);
  }
  for (const { name, afterOid } of updates) {
    if (afterOid === NOWHERE) repository.deleteRef(name);
    else repository.setRef(name, afterOid);
  }
  return ok({ data: { updateRefs: { clientMutationId: null } } });
}

function refuseLong(title: string, about: string): void {
  if (title.length > 256) throw new Unprocessable('title is too long (maximum is 256 characters)');
  if (about.length > 65_536) throw new Unprocessable('body is too long (maximum is 65536 characters)');
}
