/** @module What stands between us and Intune, part by part, for the status page and `skep doctor`. */
import { toSkepError } from '../base/errors.js';
import type { Discovery } from './discovery.js';
import { DISCOVERY_ROLES, type IntuneCloud, SCEP_ROLE, SERVICES } from './services.js';
import type { TokenCache } from '../microsoft/token-cache.js';
import { readTokenRoles } from '../microsoft/token-roles.js';

export interface ProbedPart {
  readonly ok: boolean;
  /** What was found, or the error's code and detail. */
  readonly detail: string;
}

/** `roles` are those in the token, whatever was granted since. */
export interface ProbedToken extends ProbedPart {
  readonly roles: readonly string[];
}

export interface IntuneProbe {
  readonly intuneToken: ProbedToken;
  readonly graphToken: ProbedToken;
  /** Whether the tenant's endpoint list names the SCEP validation service. */
  readonly scepService: ProbedPart;
  readonly revocationService: ProbedPart;
  /** App roles that the tokens lack; none is named for a token that could not be had. */
  readonly missingRoles: readonly string[];
}

export interface ProbeSubjects {
  readonly tokens: TokenCache;
  readonly discovery: Discovery;
  readonly cloud: IntuneCloud;
}

/** Never throws. */
export async function probeIntune({ tokens, discovery, cloud }: ProbeSubjects): Promise<IntuneProbe> {
  const [intuneToken, graphToken, scepService, revocationService] = await Promise.all([
    probeToken(tokens, cloud.intuneScope),
    probeToken(tokens, cloud.graphScope),
    probePart(() => discovery.find(SERVICES.scep)),
    probePart(() => discovery.find(SERVICES.revocation)),
  ]);
  const missingRoles = [
    ...(intuneToken.ok && !intuneToken.roles.includes(SCEP_ROLE) ? [SCEP_ROLE] : []),
    // Another role may do; where the list can be read, one does.
    ...(graphToken.ok && !scepService.ok && !graphToken.roles.some((role) => DISCOVERY_ROLES.includes(role))
      ? [DISCOVERY_ROLES[0]]
      : []),
  ];
  return { intuneToken, graphToken, scepService, revocationService, missingRoles };
}

async function probeToken(tokens: TokenCache, scope: string): Promise<ProbedToken> {
  let roles: readonly string[] = [];
  const part = await probePart(async () => {
    roles = readTokenRoles(await tokens.get(scope));
    return `roles: ${roles.join(' ') || 'none'}`;
  });
  return { ...part, roles };
}

async function probePart(find: () => Promise<string>): Promise<ProbedPart> {
  try {
    return { ok: true, detail: await find() };
  } catch (thrown) {
    const { code, detail } = toSkepError(thrown);
    return { ok: false, detail: detail ? `${code}: ${detail}` : code };
  }
}
