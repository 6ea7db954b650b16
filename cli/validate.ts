import { loadPolicyFile } from '../shared/config/load-file.ts';
import { formatProblem } from '../shared/config/problem.ts';

export async function validate(file: string): Promise<void> {
  const loaded = await loadPolicyFile(file);
  if (loaded.kind === 'invalid') {
    for (const problem of loaded.problems) console.error(formatProblem(problem));
    console.error(`${file}: ${counted(loaded.problems.length, 'problem')}`);
    process.exitCode = 1;
    return;
  }
  const { fleets, policyVersion } = loaded.policy;
  const services = fleets.reduce((sum, fleet) => sum + fleet.services.length, 0);
  console.log(
    `${file} is valid: ${counted(fleets.length, 'fleet')}, ${counted(services, 'service')}, policy ${policyVersion}`,
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
