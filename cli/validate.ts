import { loadPolicyFile } from '../shared/config/load-file.ts';
import { formatProblem } from '../shared/config/problem.ts';

export async function validate(file: string): Promise<void> {
  const loaded = await loadPolicyFile(file);
  if (loaded.kind === 'invalid') {
    for (const problem of loaded.problems) console.error(formatProblem(problem));
    console.error(`${file}: ${loaded.problems.length} ${loaded.problems.length === 1 ? 'problem' : 'problems'}`);
    process.exitCode = 1;
    return;
  }
  const { fleets, policyVersion } = loaded.policy;
  const services = fleets.reduce((sum, fleet) => sum + fleet.services.length, 0);
  console.log(`${file} is valid: ${fleets.length} fleets, ${services} services, policy ${policyVersion}`);
}
