/** @module What is there and what is missing; nothing is changed. */
import { isForbidden } from '../graph/refusal.js';
import { CliError } from '../terminal.js';
import { askHealth, readsDirectory } from './app-health.js';
import { planCa } from './ca-step.js';
import { planRoles } from './grants.js';
import { handOver } from './handover.js';
import { listNeededRoles } from './needed-roles.js';
import type { Plan } from './plan-lines.js';
import { findIdentity } from './principals.js';
import type { Surroundings } from './wishes.js';

/** Whoever may not even read, or not sign in, can still hand over what the deployment says by itself. */
export async function makePlan(surroundings: Surroundings): Promise<Plan> {
  const { graph, wishes, terminal, report } = surroundings;
  const { deployment, subject, years } = wishes;
  const roles = wishes.roles ?? listNeededRoles(await wantsDirectory(surroundings));
  try {
    report.step('Looking at the identity and its roles in Microsoft Graph.');
    const identity = await findIdentity(graph, deployment.identity);
    const planned = await planRoles(graph, identity, roles);
    const ca = await planCa(deployment.ca, subject, terminal);
    return { source: deployment.source, identity, roles: planned, ca, years };
  } catch (thrown) {
    if (wishes.handover === undefined || !mayBeHandedOver(thrown)) throw thrown;
    return handOver({ identity: deployment.identity, roles }, thrown.message, surroundings);
  }
}

const mayBeHandedOver = (thrown: unknown): thrown is CliError =>
  isForbidden(thrown) || (thrown instanceof CliError && thrown.code === 'ERR_SIGN_IN');

async function wantsDirectory({ wishes, terminal, report }: Surroundings): Promise<boolean> {
  const { directory, deployment } = wishes;
  if (directory !== undefined) return directory;
  if (deployment.health === undefined) return false;
  report.step(`Asking the app at ${deployment.health} what it needs.`);
  const parts = await askHealth(deployment.health, terminal);
  if (!parts) report.warn('The app does not answer. Add --directory if it shall read devices and users.');
  return parts !== undefined && readsDirectory(parts);
}
