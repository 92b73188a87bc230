/** @module How `skep setup` ends: done, handed over, or waiting for the app to have its roles. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../lib/base/clock.js';
import { Unfinished } from '../terminal.js';
import { askHealth, describeReadiness, waitForRoles, type Readiness } from './app-health.js';
import { isMissing, type Outcome } from './carry-out.js';
import { handOver } from './handover.js';
import { planMembers } from './plan-lines.js';
import type { SetupWishes, Surroundings } from './wishes.js';

/** @throws {Unfinished} when the rest waits for somebody else or for time. */
export async function finish(outcome: Outcome, surroundings: Surroundings): Promise<void> {
  const { wishes, report } = surroundings;
  const members = planMembers(outcome);
  const { ca, refusal, identity } = outcome;
  if (refusal) {
    const roles = outcome.roles.filter(isMissing).map(({ role }) => role);
    handOver(
      { identity: identity.id, name: identity.displayName, roles, members },
      refusal.message,
      surroundings,
    );
  }
  if (ca.state === 'unreadable') throw ca.failure;
  if (ca.state === 'missing')
    throw new Unfinished(
      'ERR_CA_MISSING',
      'The roles are granted; there is no CA yet.',
      'Run it again with --subject "CN=<company> Device CA" for a root; for an offline root, `skep ca csr` and `skep ca install` (docs/ca.md).',
      members,
    );
  const app = await look(surroundings);
  const result = { ...members, ...(app ? { app } : {}) };
  if (app && app.state !== 'ready') throw notYet(app, wishes, result);
  const status = outcome.changed ? 'done' : 'unchanged';
  report.finish(
    { status, ...result },
    [
      outcome.changed ? 'Done.' : 'Everything was there already; nothing was changed.',
      ...(app ? [describeReadiness(app)] : []),
    ],
    nextStep(wishes, app),
  );
}

async function look({ wishes, terminal, report }: Surroundings): Promise<Readiness | undefined> {
  const {
    deployment: { health },
    waitMinutes: minutes,
  } = wishes;
  if (health === undefined) return undefined;
  report.step(`Asking the app at ${health} whether its token has the roles.`);
  const ask = () => askHealth(health, terminal);
  return waitForRoles({ ask, minutes, clock: systemClock, sleep, report });
}

function notYet(app: Readiness, { waitMinutes }: SetupWishes, result: Record<string, unknown>): Unfinished {
  const after = waitMinutes === 0 ? '' : ` after ${waitMinutes} min`;
  return app.state === 'silent'
    ? new Unfinished(
        'ERR_APP_SILENT',
        `The roles are granted; the app does not answer${after}.`,
        'Deploy its code, or look at its log; then run this again.',
        result,
      )
    : new Unfinished(
        'ERR_ROLES_PENDING',
        `The roles are granted, and nothing more is to be done for them; the app’s token does not have them yet${after}. It says: ${describeReadiness(app)}`,
        'Azure keeps the token of a managed identity for up to 24 hours, and nobody can call it back. Restart the app once, so that it keeps none itself; then run this again, now or tomorrow. Until then devices are told to come back later.',
        result,
      );
}

function nextStep({ deployment, roles }: SetupWishes, app: Readiness | undefined): string {
  if (roles) return 'tell whoever runs Skep; `skep setup` shows there when the app has the roles.';
  if (app && deployment.health !== undefined)
    return `make the Intune profiles: \`skep profiles apply ${new URL(deployment.health).origin}\`.`;
  return deployment.ca.kind === 'none'
    ? 'make the CA: `skep ca init` or `skep ca csr` (docs/ca.md); then look at /health of the app.'
    : 'look at /health of the app.';
}
