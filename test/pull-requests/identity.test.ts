import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allowedFolders, isAllowedPath } from '../../shared/pull-requests/allowed-paths.ts';
import { branchOf, editDigest, proposalDigest, slug } from '../../shared/pull-requests/identity.ts';
import { keyMarker, readMarker, withMarker } from '../../shared/pull-requests/marker.ts';
import { aMarker } from './samples.ts';

const SUBJECT = { fleet: 'production', lever: 'ceiling', resource: 'service/production/core-api' };

describe('branch of a subject', () => {
  it('is always the same, and can be read', () => {
    expect(branchOf(SUBJECT)).toMatch(/^fulcrum\/production\/ceiling\/service-production-core-api-[0-9a-f]{8}$/);
    expect(branchOf({ ...SUBJECT, resource: 'core-db' })).toBe('fulcrum/production/ceiling/core-db');
    expect(branchOf(SUBJECT)).toBe(branchOf({ ...SUBJECT }));
  });

  it('tells apart what a slug would join', () => {
    expect(slug('db/core')).not.toBe(slug('db.core'));
    expect(slug('Core')).not.toBe(slug('core'));
    expect(slug('x'.repeat(61))).not.toBe(slug('x'.repeat(62)));
  });

  it('law: git takes it whatever the names are', () => {
    const name = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(name, name, name, (fleet, lever, resource) => {
        const branch = branchOf({ fleet, lever, resource });
        expect(branch).toMatch(/^fulcrum(?:\/[a-z0-9]+(?:-[a-z0-9]+)*){3}$/);
        expect(branch.length).toBeLessThan(250);
      }),
    );
  });
});

describe('digests', () => {
  it('of a proposal: subject and value, not the order of keys', () => {
    const digest = proposalDigest(SUBJECT, { min: 1, max: 2 });
    expect(proposalDigest(SUBJECT, { max: 2, min: 1 })).toBe(digest);
    expect(proposalDigest(SUBJECT, { min: 1, max: 3 })).not.toBe(digest);
    expect(proposalDigest({ ...SUBJECT, lever: 'task-size' }, { min: 1, max: 2 })).not.toBe(digest);
  });

  it('of an edit: both sides of it', () => {
    const a = { path: 'a', text: '1' };
    const b = { path: 'b', text: '2' };
    expect(editDigest([a], [b])).not.toBe(editDigest([b], [a]));
    expect(editDigest([a, b], [a])).toBe(editDigest([b, a], [a]));
    expect(editDigest([a], [b])).not.toBe(editDigest([{ ...a, text: '3' }], [b]));
  });
});

describe('marker', () => {
  it('survives a body, also one whose lines a browser has ended its own way', () => {
    expect(readMarker(withMarker('Body.', aMarker()).replaceAll('\n', '\r\n'))).toEqual(aMarker());
  });

  it('is there once', () => {
    const twice = withMarker(withMarker('Body.', aMarker()), aMarker({ standing: 'withdrawn' }));
    expect(twice.match(/fulcrum:proposal/g)).toHaveLength(1);
    expect(readMarker(twice)?.standing).toBe('withdrawn');
  });

  it.each(['', 'Body.', '<!-- fulcrum:proposal proposed digest=12 edit=34 renewed=now -->', keyMarker('hands-off')])(
    'is none in %j',
    (body) => {
      expect(readMarker(body)).toBeNull();
    },
  );

  it('with a date that is none is none', () => {
    const broken = withMarker('Body.', aMarker()).replace(/renewed=\S+/, 'renewed=2026-99-99T00:00:00Z');
    expect(readMarker(broken)).toBeNull();
  });
});

describe('allowed paths', () => {
  it.each([
    ['infra/main.tf', true],
    ['infra/a/b/main.tf', true],
    ['infra', false],
    ['infrastructure/main.tf', false],
    ['app/infra/main.tf', false],
    ['infra/../app/main.tf', false],
    ['infra/./main.tf', false],
    ['infra//main.tf', false],
    ['/infra/main.tf', false],
    ['infra/.git/hooks/post-checkout', false],
    ['infra/.GIT/config', false],
    ['infra/.g\u200Cit/config', false],
    ['infra\\..\\app', false],
    ['infra/a\nb.tf', false],
    ['C:/infra/main.tf', false],
    ['', false],
  ])('%j in the folder infra: %s', (path, isAllowed) => {
    expect(isAllowedPath(path, ['infra'])).toBe(isAllowed);
  });

  it('the whole repository is a folder too', () => {
    expect(isAllowedPath('main.tf', ['.'])).toBe(true);
    expect(isAllowedPath('../main.tf', ['.'])).toBe(false);
  });

  it('folders of a policy are brought into one form', () => {
    expect(allowedFolders(['./infra/', 'deploy/production', './', '.'])).toEqual([
      'infra',
      'deploy/production',
      '.',
      '.',
    ]);
  });

  it.each([[[]], [['../infra']], [['/etc']], [['infra/..']], [['']]])('%j are no folders', (folders) => {
    expect(() => allowedFolders(folders)).toThrow(RangeError);
  });
});
