import { paged, type Call, type Reply, type Route } from './route.ts';

/** The newest of each, as GitHub lists them; it keeps the order of what was there first. */
function newestOf<Item>(items: readonly Item[], nameOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [nameOf(item), item])).values()];
}

/** GitHub pages lists that stand in an envelope like all others. */
function pagedIn<Item>(call: Call, key: string, items: readonly Item[], show: (item: Item) => unknown): Reply {
  const { body, ...reply } = paged(call, items, show);
  return { ...reply, body: { total_count: items.length, [key]: body } };
}

const noCommit = (sha: string): Reply => ({ status: 422, body: { message: `No commit found for SHA: ${sha}` } });

/** What stands on commits: statuses of whoever may push, and runs of apps. */
export const CHECK_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/commits\/([^/]+)\/status$/,
    needs: [['statuses', 'read']],
    answer: (call) => {
      const {
        repository: { objects, statuses },
        path: [sha = ''],
      } = call;
      if (objects.commit(sha) === undefined) return noCommit(sha);
      const newest = newestOf(
        statuses.filter((status) => status.sha === sha),
        ({ context }) => context,
      );
      return pagedIn(call, 'statuses', newest, ({ context, state, targetUrl }) => ({
        context,
        state,
        target_url: targetUrl,
      }));
    },
  },
  {
    method: 'GET',
    path: /^\/commits\/([^/]+)\/check-runs$/,
    needs: [['checks', 'read']],
    answer: (call) => {
      const {
        repository: { objects, checkRuns, fullName },
        path: [sha = ''],
      } = call;
      if (objects.commit(sha) === undefined) return noCommit(sha);
      const newest = newestOf(
        checkRuns.filter((run) => run.sha === sha),
        ({ name, app }) => `${app}/${name}`,
      );
      return pagedIn(call, 'check_runs', newest, ({ name, app, conclusion, detailsUrl }) => ({
        name,
        app: { slug: app },
        status: conclusion === null ? 'in_progress' : 'completed',
        conclusion,
        details_url: detailsUrl,
        html_url: `https://github.example/${fullName}/runs/${checkRuns.findIndex((run) => run.name === name) + 1}`,
      }));
    },
  },
];
