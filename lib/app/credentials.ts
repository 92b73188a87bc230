/** @module Who we are to Azure and Intune. The SDK is loaded when the first token is needed, not before. */
import type { TokenCredential } from '@azure/core-auth';
import { once } from '../base/once.js';
import type { Settings } from './settings.js';

/** A credential that is made when it is first used. */
function lazily(make: () => Promise<TokenCredential>): TokenCredential {
  const credential = once(make);
  return {
    getToken: async (scopes, options) => (await credential()).getToken(scopes, options),
  };
}

/** The app's own identity: a managed identity in Azure, the developer's sign-in elsewhere. */
export function createOwnCredential(settings: Settings): TokenCredential {
  return lazily(async () => {
    const { DefaultAzureCredential } = await import('@azure/identity');
    const { AZURE_CLIENT_ID: clientId } = settings;
    return new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {});
  });
}

/** The identity that Intune's tenant knows: our own, or an app registration when Intune lives in another tenant. */
export function createIntuneCredential(settings: Settings, own: TokenCredential): TokenCredential {
  const {
    SKEP_TENANT_ID: tenantId,
    SKEP_INTUNE_CLIENT_ID: clientId,
    SKEP_INTUNE_CLIENT_SECRET: secret,
  } = settings;
  if (!tenantId || !clientId || !secret) return own;
  return lazily(async () => {
    const { ClientSecretCredential } = await import('@azure/identity');
    return new ClientSecretCredential(tenantId, clientId, secret);
  });
}
