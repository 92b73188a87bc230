/** @module What a SCEP server must be told so that it talks to this simulator instead of Microsoft. */
import { IDENTITY_HEADER } from '../entra/managed-identity.js';
import { INTUNE_APP_ID, RESOURCES } from '../constants.js';
import type { SimulatorState } from '../state.js';

export interface ClientSettings {
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  /** Opens nothing but this simulator. */
  readonly clientSecret: string;
  readonly tokenUrl: string;
  /** Somebody who signs in, for tools that act in a person's name. */
  readonly administrator: string;
  readonly administratorPassword: string;
  readonly graphBaseUrl: string;
  readonly graphScope: string;
  /** With its two slashes. */
  readonly intuneScope: string;
  readonly intuneAppId: string;
  readonly identityEndpoint: string;
  readonly identityHeader: string;
  readonly control: string;
}

/** Settings for the first app registration. */
export function listSettings(state: SimulatorState, url: string): ClientSettings | undefined {
  const [app] = state.apps.values();
  if (!app) return undefined;
  const [administrator] = state.administrators.values();
  return {
    authority: url,
    tenantId: app.tenantId,
    clientId: app.clientId,
    clientSecret: app.secrets[0] ?? '',
    tokenUrl: `${url}/${app.tenantId}/oauth2/v2.0/token`,
    administrator: administrator?.userPrincipalName ?? '',
    administratorPassword: administrator?.password ?? '',
    graphBaseUrl: `${url}/`,
    graphScope: `${RESOURCES.graph}.default`,
    intuneScope: `${RESOURCES.intune}/.default`,
    intuneAppId: INTUNE_APP_ID,
    identityEndpoint: `${url}/msi/token`,
    identityHeader: IDENTITY_HEADER,
    control: `${url}/_sim/`,
  };
}
