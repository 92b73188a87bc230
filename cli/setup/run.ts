/** @module `skep setup` from the plan to the end: roles, CA, then waiting for the app to have them. */
import { createReport } from '../ca/report.js';
import { openGraph } from '../graph/access.js';
import type { Terminal } from '../terminal.js';
import { carryOut, isMissing } from './carry-out.js';
import { finish } from './finish.js';
import { makePlan } from './plan.js';
import { planLines, planMembers } from './plan-lines.js';
import type { SetupWishes } from './wishes.js';

const PERMISSIONS = ['AppRoleAssignment.ReadWrite.All', 'Application.Read.All'] as const;

export async function setUp(wishes: SetupWishes, terminal: Terminal): Promise<void> {
  const { deployment } = wishes;
  const report = createReport(terminal, wishes.json);
  const graph = openGraph(
    { ...wishes, ...(deployment.tenant === undefined ? {} : { tenant: deployment.tenant }) },
    {
      local: deployment.local,
      permissions: PERMISSIONS,
      note: (text) => {
        report.step(text);
      },
    },
    terminal,
  );
  const surroundings = { graph, wishes, terminal, report };
  const plan = await makePlan(surroundings);
  if (!wishes.json) for (const line of planLines(plan)) terminal.out(`${line}\n`);
  if (wishes.planOnly) {
    const isPending = plan.roles.some(isMissing) || plan.ca.state === 'missing';
    const next = isPending ? 'run it again without --plan.' : 'nothing: every role is granted.';
    report.finish({ status: 'planned', ...planMembers(plan) }, [], next);
    return;
  }
  await finish(await carryOut(plan, surroundings), surroundings);
}
