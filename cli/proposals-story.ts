import type { ReportData } from '../simulator/report/report-data.ts';

/** What was proposed in infrastructure code, with the lines that change, and where to look at it. */
export function proposalsStory(proposals: ReportData['proposals'], folder: string): string {
  const told = proposals.map(({ id, title, branch, state, diff }) => {
    const changed = diff.split('\n').filter((line) => /^[+-](?![+-])/.test(line));
    return [`  ${id} ${state}: ${title} (${branch})`, ...changed.map((line) => `      ${line}`)].join('\n');
  });
  return ['Proposed in infrastructure code:', ...told, `  The repository and the texts: ${folder}`].join('\n');
}
