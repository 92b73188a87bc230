/** @module The plan in words, and as members of a JSON object. */
import { parseCertificate } from '../../lib/pki/certificate.js';
import { formatName } from '../../lib/pki/name.js';
import { printable } from '../inspect/finding.js';
import type { CaPlan } from './ca-step.js';
import type { PlannedRole } from './grants.js';
import type { Principal } from './principals.js';

export interface Plan {
  readonly source: string;
  readonly identity: Principal;
  readonly roles: readonly PlannedRole[];
  readonly ca: CaPlan;
  readonly years: number;
}

const SAID = {
  present: 'there already',
  missing: 'to be granted',
  granted: 'granted',
} as const;

const describeState = ({ state, by }: PlannedRole): string =>
  state === 'included' ? `not needed: ${by ?? ''} includes it` : SAID[state];

export function planLines({ source, identity, roles, ca, years }: Plan): string[] {
  const width = Math.max(...roles.map(({ role }) => role.value.length));
  return [
    `Identity ${printable(identity.displayName)} (${identity.id}), by ${source}`,
    ...roles.map(
      (planned) =>
        `  role  ${planned.role.value.padEnd(width)}  ${describeState(planned)}: ${planned.role.why}`,
    ),
    `  CA    ${describeCa(ca, years)}`,
  ];
}

function describeCa(ca: CaPlan, years: number): string {
  switch (ca.state) {
    case 'unknown':
      return 'not looked at: the vault is not named';
    case 'files':
      return 'there already, in the folder of the local cloud';
    case 'present':
      return `there already: ${printable(subjectOf(ca))}`;
    case 'missing':
      return ca.subject === undefined
        ? 'none yet; give --subject "CN=<company> Device CA" for a root, or use `skep ca csr` for an offline root'
        : `to be made: ${printable(ca.subject)}, a root for ${years} years, with the key ${ca.tools.keyName} in ${ca.tools.vault.url}`;
    case 'unreadable':
      return `cannot be seen: ${printable(ca.failure.message)}`;
  }
}

const subjectOf = ({ record }: Extract<CaPlan, { state: 'present' }>): string =>
  formatName(parseCertificate(record.certificate).subject);

export const planMembers = ({ source, identity, roles, ca }: Plan) => ({
  deployment: source,
  identity: { id: identity.id, clientId: identity.appId, name: identity.displayName },
  roles: roles.map(({ role, state, by }) => ({
    api: role.api,
    role: role.value,
    state,
    ...(by === undefined ? {} : { by }),
  })),
  ca: ca.state === 'present' ? { state: ca.state, subject: subjectOf(ca) } : { state: ca.state },
});
