/** @module What an access token says about itself, for people who look for a missing role. Nothing is verified. */
import { fromBase64 } from '../base/bytes.js';
import { memberOf, parseJsonObject } from './json.js';

/** The app roles in the token; none if it cannot be read. */
export function readTokenRoles(token: string): readonly string[] {
  const payload = parseJsonObject(new TextDecoder().decode(fromBase64(token.split('.')[1] ?? '')));
  const roles = payload && memberOf(payload, 'roles');
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
}

/** One phrase for a log line. */
export function describeRoles(token: string): string {
  return `roles of the token: ${readTokenRoles(token).join(' ') || 'none'}`;
}
