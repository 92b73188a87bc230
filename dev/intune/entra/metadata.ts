/** @module What MSAL reads before it asks for a token: OpenID metadata, keys, instance discovery. */
import { json, type SimulatorRequest, type SimulatorResponse } from '../http/messages.js';
import type { Service } from '../service.js';
import { findTenant } from '../state.js';
import { refuseToken } from './errors.js';

export function handleOpenIdConfiguration(
  service: Service,
  request: SimulatorRequest,
  tenantName: string,
): SimulatorResponse {
  const tenant = findTenant(service.state, tenantName) ?? refuseToken(90002, service.clock.now());
  const base = `${request.origin}/${tenant.id}`;
  return json({
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    response_types_supported: ['token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid'],
    tenant_region_scope: null,
  });
}

export function handleKeys(service: Service): SimulatorResponse {
  return json(service.tokens.jwks);
}

/** Says that this host is an authority of its own. */
export function handleInstanceDiscovery(request: SimulatorRequest): SimulatorResponse {
  const tenantEndpoint =
    request.query.get('authorization_endpoint') ?? `${request.origin}/common/oauth2/authorize`;
  const host = new URL(request.origin).host;
  return json({
    tenant_discovery_endpoint: tenantEndpoint.replace(
      /\/oauth2\/.*$/,
      '/v2.0/.well-known/openid-configuration',
    ),
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  });
}
