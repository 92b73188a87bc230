/** @module Handing out a token: lifetime and roles, under the faults that a test has laid. */
import { RESOURCES, type Resource } from '../constants.js';
import type { AppRegistration, EndpointName } from '../model.js';
import type { Service } from '../service.js';

export interface Grant {
  readonly token: string;
  readonly lifetimeSeconds: number;
}

export async function grantToken(
  service: Service,
  endpoint: EndpointName,
  app: AppRegistration,
  target: { readonly audience: string; readonly resource: Resource },
  usualLifetimeSeconds: number,
): Promise<Grant> {
  const [expiry] = service.faults.take(endpoint, ['tokenExpiry']);
  const [removal] = service.faults.take(endpoint, ['roleRemoval']);
  const lifetimeSeconds = expiry?.seconds ?? usualLifetimeSeconds;
  const token = await service.tokens.issue(app, {
    ...target,
    lifetimeSeconds,
    ...(removal && { withoutRoles: removal.roles ?? ('all' as const) }),
  });
  return { token, lifetimeSeconds };
}

/** Which resource an identifier names, with or without its trailing slash. */
export function findResource(identifier: string): Resource | undefined {
  const bare = identifier.replace(/\/$/, '').toLowerCase();
  return (Object.keys(RESOURCES) as Resource[]).find((name) => RESOURCES[name].replace(/\/$/, '') === bare);
}
