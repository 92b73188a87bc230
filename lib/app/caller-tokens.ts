/** @module Whose access tokens callers of the management functions must show. */
import type { Settings } from './settings.js';

export interface CallerTokens {
  readonly issuer: readonly string[];
  readonly audience: readonly string[];
  /** JWKS. */
  readonly keys: URL;
}

/** Nothing when no audience is set: then nobody is let in. */
export function callerTokens(settings: Settings): { readonly callers?: CallerTokens } {
  const { SKEP_API_AUDIENCE: audience, SKEP_TENANT_ID: tenant } = settings;
  if (!audience) return {};
  const entra = 'https://login.microsoftonline.com';
  return {
    callers: {
      audience,
      // Version 1 and version 2 tokens name their issuer differently; which one comes is set in the app registration.
      issuer: settings.SKEP_API_ISSUER ?? [`${entra}/${tenant}/v2.0`, `https://sts.windows.net/${tenant}/`],
      keys: new URL(settings.SKEP_API_KEYS_URL ?? `${entra}/${tenant}/discovery/v2.0/keys`),
    },
  };
}
