import { type Markup, markup, nothing } from './markup.ts';
import type { PageContext } from './page-context.ts';
import type { ProposalReport } from './report-data.ts';

/** What was proposed in infrastructure code: the diff as a reviewer sees it, and the text that explains it. */
export function proposalsSection({ data, times }: PageContext): Markup {
  const { proposals } = data;
  if (proposals.length === 0) return nothing;
  return markup`<section id="proposals"><h2>Proposed in infrastructure code</h2>
<p class="lead">What was changed live would be taken back by the next apply of the code, so it is proposed there as well: one branch and one commit each, in a git repository beside this page, with the plots of their metrics.</p>
${proposals.map(
  (proposal) => markup`<article class="proposal"><h3>${proposal.title}</h3>
<p>Number ${proposal.id}, ${proposal.state}, on <code>${proposal.branch}</code> since ${times.moment(proposal.openedAt)}</p>
${diffOf(proposal)}
<details><summary>The text of the pull request</summary><pre>${proposal.body}</pre></details></article>`,
)}
</section>`;
}

function diffOf({ diff }: ProposalReport): Markup {
  if (diff === '') return nothing;
  const lines = diff.trimEnd().split('\n').map(diffLine);
  return markup`<pre class="diff">${lines}</pre>`;
}

function diffLine(line: string): Markup {
  if (/^(?:\+\+\+|---)/.test(line)) return markup`<span>${line}</span>\n`;
  if (line.startsWith('+')) return markup`<ins>${line}</ins>\n`;
  return line.startsWith('-') ? markup`<del>${line}</del>\n` : markup`<span>${line}</span>\n`;
}
