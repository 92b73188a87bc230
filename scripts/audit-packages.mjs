// Asks the registry for known vulnerabilities of what is deployed. Where it gives no answer, that is said, and is no pass.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** npm ends with 1 when it found something and when it could not ask: what it prints tells the two apart. */
async function askRegistry() {
  const args = ['audit', '--omit=dev', '--json'];
  try {
    return (await promisify(execFile)('npm', args, { timeout: 120_000 })).stdout;
  } catch (thrown) {
    return thrown.stdout || JSON.stringify({ message: thrown.message });
  }
}

const parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
};

const answer = parse(await askRegistry());
const found = answer.metadata?.vulnerabilities;
if (!found) {
  const why = answer.error?.summary || answer.message || 'it gave no reason';
  console.log(`not run: npm audit got no answer from the registry (${String(why).split('\n')[0]})`);
} else {
  const { info, low, moderate, high, critical } = found;
  console.log(
    `npm audit, packages that are deployed: ${critical} critical, ${high} high, ${moderate} moderate, ${low} low, ${info} info`,
  );
  for (const { name, severity, range } of Object.values(answer.vulnerabilities ?? {}))
    console.log(`  ${severity}: ${name} ${range}`);
  if (critical + high > 0) process.exitCode = 1;
}
