/** @module The management functions of the local cloud: whose tokens they take, and how the command line gets one. */
import { RESOURCES } from './intune/constants.js';
import { SEED_IDS } from './intune/seed.js';

/** What ready.json says, so that `skep revoke` and the like sign in by themselves. */
export interface ManagementAccess {
  readonly url: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Opens nothing but this local cloud. */
  readonly clientSecret: string;
  readonly scope: string;
}

/** The simulator plays Entra: it issues version 1 tokens, and publishes its keys. */
export function managementSettings(simulatorUrl: string): Record<string, string> {
  return {
    SKEP_API_AUDIENCE: RESOURCES.server,
    SKEP_API_ISSUER: `https://sts.windows.net/${SEED_IDS.tenant}/`,
    SKEP_API_KEYS_URL: `${simulatorUrl}/${SEED_IDS.tenant}/discovery/v2.0/keys`,
  };
}

/** @param appUrl of the local host. */
export function describeManagement(appUrl: string, simulatorUrl: string): ManagementAccess {
  return {
    url: `${appUrl}/manage`,
    tokenUrl: `${simulatorUrl}/${SEED_IDS.tenant}/oauth2/v2.0/token`,
    clientId: SEED_IDS.manager,
    clientSecret: SEED_IDS.clientSecret,
    scope: `${RESOURCES.server}/.default`,
  };
}
