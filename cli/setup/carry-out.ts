/** @module The plan, carried out: roles one at a time, then the root. */
import type { Report } from '../ca/report.js';
import { mayProceed } from '../confirm.js';
import type { GraphClient } from '../graph/client.js';
import { isForbidden } from '../graph/refusal.js';
import { CliError, EXIT } from '../terminal.js';
import { makeRoot } from './ca-step.js';
import { grantRole, type PlannedRole } from './grants.js';
import type { Plan } from './plan-lines.js';
import type { Surroundings } from './wishes.js';

export interface Outcome extends Plan {
  readonly changed: boolean;
  /** Why roles are still missing, when Graph did not let us. */
  readonly refusal?: CliError;
}

export const isMissing = ({ state }: PlannedRole): boolean => state === 'missing';

/** Asks first. @throws {CliError} when a person says no, or a step fails; what was done before it stays done. */
export async function carryOut(
  plan: Plan,
  { graph, wishes, terminal, report }: Surroundings,
): Promise<Outcome> {
  const makesRoot = plan.ca.state === 'missing' && plan.ca.subject !== undefined;
  if (!plan.roles.some(isMissing) && !makesRoot) return { ...plan, changed: false };
  if (!(await mayProceed(terminal, 'Do this?', wishes.yes)))
    throw new CliError(EXIT.failed, 'ERR_DECLINED', 'Nothing was changed.', 'Run it again when you want to.');
  const granted = await grantAll(plan, graph, report);
  const { ca } = plan;
  if (ca.state !== 'missing' || ca.subject === undefined) return { ...plan, ...granted };
  const { tools, subject } = ca;
  const record = await makeRoot({ tools, subject, years: plan.years, report });
  return { ...plan, ...granted, ca: { state: 'present', record }, changed: true };
}

async function grantAll(plan: Plan, graph: GraphClient, report: Report) {
  const roles: PlannedRole[] = [];
  let refusal: CliError | undefined;
  for (const planned of plan.roles) {
    if (!isMissing(planned) || refusal) {
      roles.push(planned);
      continue;
    }
    report.step(`Granting ${planned.role.value}.`);
    try {
      await grantRole(graph, plan.identity, planned);
      roles.push({ ...planned, state: 'granted' });
    } catch (thrown) {
      if (!(thrown instanceof CliError) || !isForbidden(thrown)) throw thrown;
      refusal = thrown;
      roles.push(planned);
    }
  }
  const changed = roles.some(({ state }) => state === 'granted');
  return { roles, changed, ...(refusal ? { refusal } : {}) };
}
