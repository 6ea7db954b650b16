import { describe, expect, it } from '@jest/globals';
import { renderReport } from '../../../simulator/report/render-report.ts';
import { reportFixture } from './report-fixture.ts';

const data = reportFixture();

describe('proposals on the page', () => {
  it('are shown as a reviewer sees them: what goes, what comes, and the text', () => {
    const page = renderReport(data);
    expect(page).toContain('<a href="#proposals">Proposals</a>');
    expect(page).toContain('<h3>portal: max capacity to 16 tasks</h3>');
    expect(page).toContain('<del>-  max_capacity = 8</del>\n<ins>+  max_capacity = 16</ins>');
    expect(page).toContain('<span>+++ b/services.tf</span>');
    expect(page).toContain('Fulcrum proposes this change.');
  });

  it('are left out where there are none, and a branch that is gone has no diff', () => {
    expect(renderReport({ ...data, proposals: [] })).not.toContain('#proposals');
    const gone = data.proposals.map((proposal) => ({ ...proposal, diff: '' }));
    expect(renderReport({ ...data, proposals: gone })).not.toContain('class="diff"');
  });
});
