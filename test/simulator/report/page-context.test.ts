import { describe, expect, it } from '@jest/globals';
import { pageContext, proposedAbout } from '../../../simulator/report/page-context.ts';
import { reportFixture } from './report-fixture.ts';

describe('what the page calls things', () => {
  it.each([
    ['proposal/ceiling/service/production/portal', 'service/production/portal'],
    ['proposal/pool-size/pooler/production/pgbouncer', 'pooler/production/pgbouncer'],
    ['service/production/portal', null],
    ['proposal/ceiling/', null],
  ])('%s is a proposal about %s', (resource, about) => {
    expect(proposedAbout(resource)).toBe(about);
  });

  it('a proposal is called by what it is about, and told from it', () => {
    const { nameOf } = pageContext(reportFixture());
    expect([
      nameOf('pooler/production/pgbouncer'),
      nameOf('proposal/pool-size/pooler/production/pgbouncer'),
      nameOf('proposal/ceiling/service/elsewhere/unknown'),
    ]).toEqual(['pgbouncer', 'pgbouncer, in code', 'service/elsewhere/unknown, in code']);
  });
});
