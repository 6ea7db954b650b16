import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  commitMessage,
  describeAdvice,
  describeProposal,
  type Description,
  proposalTitle,
} from '../../shared/pull-requests/describe.ts';
import { readMarker } from '../../shared/pull-requests/marker.ts';
import { aDescription, aMarker, aPlot } from './samples.ts';
import { elementsOf, render, visibleText } from './render.ts';

/** Every text of a description replaced by one. */
function filledWith(text: string): Description {
  return aDescription({
    subject: { fleet: text, lever: text, resource: text },
    changes: [{ what: text, from: text, to: text }],
    evidence: [text, text],
    plot: aPlot({ title: text, unit: text, threshold: { label: text, value: 70 } }),
    connections: [{ sum: text, before: 1, after: 2, limit: 3 }],
    cost: { beforeUsdPerMonth: 1, afterUsdPerMonth: 2, source: text },
    risk: { level: 'low', sentences: [text] },
    downtime: [text],
    rollback: [text],
    checklist: [
      { step: text, isDone: false },
      { step: 'x', isDone: true, proof: { name: text, outcome: 'passed', url: `https://ci.example.org/?${text}` } },
      { step: 'y', isDone: true, proof: { name: text, outcome: 'passed', url: null } },
    ],
    audit: { decisionId: text, address: null },
  });
}

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '@admin',
        '#1',
        '<b>',
        '-->',
        '```',
        '`',
        '|',
        '\n\n# x',
        '[a](http://e.example)',
        '](',
        '![',
        '- [x] ',
        '**',
        '\\',
        '\\|',
        '/merge',
        '&lt;',
        '$',
        '<!--',
      ),
      fc.string(),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(' '));

describe('text of a proposal', () => {
  it('reads as a reviewer would like it', () => {
    expect(describeProposal(aDescription(), aMarker(), 'in-text')).toMatchSnapshot();
  });

  it('has every section, in the order in which they are read', () => {
    const html = render(describeProposal(aDescription(), aMarker(), 'in-text').body);
    expect([...html.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, heading]) => heading)).toEqual([
      'Why',
      'The metric',
      'Before and after',
      'Connections',
      'Cost',
      'Risk',
      'Downtime',
      'Rollback',
      'Checklist',
      'Record',
    ]);
    expect(html).toContain('<input type="checkbox" disabled="" checked="" /> Snapshot');
    expect(html).toContain('<strong>+189.80 USD a month</strong>: 189.80 USD before, 379.60 USD after.');
    expect(html).toContain('<a href="https://audit.example.org/d/1">');
    expect(html).toContain('<code class="language-mermaid">xychart-beta');
  });

  it('leaves out what there is nothing to say about', () => {
    const bare = aDescription({ plot: null, connections: [], cost: null, checklist: [], evidence: [] });
    const { body, pictures } = describeProposal(bare, aMarker(), 'beside');
    expect(body).not.toMatch(/### (?:Why|The metric|Connections|Cost|Checklist)/);
    expect(pictures).toEqual({});
  });

  it('shows the plot as a file where the host shows files', () => {
    const { body, pictures } = describeProposal(aDescription(), aMarker(), 'beside');
    expect(body).toContain('![CPU of core-db](plot.svg)');
    expect(body).not.toContain('mermaid');
    expect(pictures['plot.svg']).toMatch(/^<svg /);
  });

  it('shows what others have attached beside the step that it is of', () => {
    const proof = { name: 'terraform plan', outcome: 'passed', url: 'https://ci.example.org/7' } as const;
    const { body } = describeProposal(
      aDescription({ checklist: [{ step: 'Plan', isDone: true, proof }] }),
      aMarker(),
      'in-text',
    );
    expect(render(body)).toContain('Plan — <a href="https://ci.example.org/7">terraform plan</a>');
  });

  it('says a saving as one', () => {
    const cost = { beforeUsdPerMonth: 380, afterUsdPerMonth: 190, source: 'list' };
    expect(describeProposal(aDescription({ cost }), aMarker(), 'in-text').body).toContain('**−190.00 USD a month**');
  });

  it('names the target value in the title, and carries the marker', () => {
    expect(proposalTitle(aDescription())).toBe('core-db: instance class to db.r6g.xlarge');
    expect(readMarker(describeProposal(aDescription(), aMarker(), 'in-text').body)).toEqual(aMarker());
  });

  it('keeps the value in the title where the name has as many characters as AWS allows', () => {
    const subject = { ...aDescription().subject, resource: `service/production/${'x'.repeat(255)}` };
    expect(proposalTitle(aDescription({ subject }))).toBe(`${'x'.repeat(79)}…: instance class to db.r6g.xlarge`);
  });

  it('law: a title has no more characters than GitHub takes, also when it is withdrawn', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(1, 100), (text, times) => {
        const { title } = describeProposal(filledWith(text.repeat(times)), aMarker(), 'in-text');
        expect(`${title} (withdrawn)`.length).toBeLessThanOrEqual(256);
      }),
    );
  });

  it('law: the texts of others change no element of it', () => {
    const expected = elementsOf(render(describeProposal(filledWith('x y'), aMarker(), 'in-text').body));
    fc.assert(
      fc.property(hostile, (text) => {
        const { title, body } = describeProposal(filledWith(`x ${text}`), aMarker(), 'in-text');
        expect(elementsOf(render(body))).toEqual(expected);
        expect(readMarker(body)).toEqual(aMarker());
        expect(title).not.toMatch(/\n|@[a-z]|#\d/i);
      }),
      { numRuns: 200 },
    );
  });

  it('law: no line begins with the text of others, where a command would stand', () => {
    fc.assert(
      fc.property(fc.constantFrom('/merge', '@bot', 'atlantis', '!deploy'), (command) => {
        const text = `${command} now`;
        const { body } = describeProposal(filledWith(text), aMarker(), 'in-text');
        expect(body.split('\n').filter((line) => line.trimStart().startsWith(command))).toEqual([]);
        expect(
          commitMessage(filledWith(text))
            .split('\n')
            .slice(1)
            .filter((line) => line.startsWith(command)),
        ).toEqual([]);
      }),
    );
  });

  it('stays below what a host takes, whatever there is to say', () => {
    const long = '<&`*'.repeat(500);
    const many = Array.from({ length: 500 }, () => long);
    const description = filledWith(long);
    const { body } = describeProposal(
      {
        ...description,
        evidence: many,
        rollback: many,
        downtime: many,
        checklist: many.map((step) => ({ step, isDone: true })),
      },
      aMarker(),
      'in-text',
    );
    // GitHub takes 262,144 bytes and 65,536 characters, whichever is less.
    expect(body.length).toBeLessThan(65_536);
    expect(body).toContain('and 497 more, in the record');
  });
});

describe('message of the commit', () => {
  it('says in plain words what becomes of what', () => {
    expect(commitMessage(aDescription())).toBe(
      [
        'core-db: instance class to db.r6g.xlarge',
        '',
        'Change of instance class: db.r6g.large -> db.r6g.xlarge',
        'Change of max_connections: 1670 -> 3350',
        '',
        'Fleet production, lever database-class, resource db/core-db.',
        'Decision database-class/db/core-db/tick-1.',
        '',
      ].join('\n'),
    );
  });

  it('can neither close an issue, skip a pipeline nor add a trailer', () => {
    const message = commitMessage(filledWith('fixes #12\n\nCo-authored-by: x <x@y.z> [skip ci]'));
    expect(message).not.toMatch(/#\d|\[skip ci\]|^Co-authored-by|@y/m);
  });
});

describe('advice', () => {
  it('says why it is no pull request, and exactly what to change where', () => {
    const { title, body } = describeAdvice(aDescription(), {
      because: 'instance_class is computed: var.sizes[each.key]',
      places: [{ path: 'infra/database/main.tf', line: 12, what: 'sizes["core"]', to: '"db.r6g.xlarge"' }],
    });
    expect(title).toBe('core-db: instance class to db.r6g.xlarge');
    const text = visibleText(render(body));
    expect(text).toContain('The edit cannot be made safely: instance_class is computed: var.sizes[each.key]');
    expect(text).toContain('infra/database/main.tf:12');
    expect(text).not.toContain('Push to the branch');
  });
});
