/** @module What an access token says about itself, for people who look for a missing role. Nothing is verified. */
import { fromBase64 } from '../base/bytes.js';
import { memberOf, parseJsonObject } from './json.js';

/** The app roles in the token; none if it cannot be read. */
export function readTokenRoles(token: string): readonly string[] {
  const roles = readClaim(token, 'roles');
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
}

/** What a person's token lets an app do in their name; none if it cannot be read, or is an app's own. */
export function readTokenScopes(token: string): readonly string[] {
  const scopes = readClaim(token, 'scp');
  return typeof scopes === 'string' ? scopes.split(' ').filter(Boolean) : [];
}

/** One phrase for a log line. */
export function describeRoles(token: string): string {
  const scopes = readTokenScopes(token);
  if (scopes.length > 0) return `permissions of the token: ${scopes.join(' ')}`;
  return `roles of the token: ${readTokenRoles(token).join(' ') || 'none'}`;
}

function readClaim(token: string, name: string): unknown {
  const payload = parseJsonObject(new TextDecoder().decode(fromBase64(token.split('.')[1] ?? '')));
  return payload && memberOf(payload, name);
}
