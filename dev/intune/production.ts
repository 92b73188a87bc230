/** @module The endpoints that production has: routes, faults and the call log around their handlers. */
import { handleDownload, handleUpload } from './actions/revocations.js';
import {
  handleFailureNotification,
  handleSuccessNotification,
  handleValidateRequest,
  type ActionHandler,
} from './actions/scep-actions.js';
import type { Provider } from './constants.js';
import { handleDeviceCode } from './entra/device-code.js';
import { handleManagedIdentity, type IdentityCache } from './entra/managed-identity.js';
import { handleInstanceDiscovery, handleKeys, handleOpenIdConfiguration } from './entra/metadata.js';
import { handleTokenRequest } from './entra/token-endpoint.js';
import { underFaults } from './faults.js';
import { CONFIGURATION_ENDPOINTS } from './graph/configurations.js';
import { DIRECTORY_ENDPOINTS } from './graph/directory.js';
import { handleEndpoints } from './graph/endpoints.js';
import { GROUP_ENDPOINTS } from './graph/groups.js';
import { SERVICE_PRINCIPAL_ENDPOINTS } from './graph/service-principals.js';
import { json, Problem, type SimulatorRequest, type SimulatorResponse } from './http/messages.js';
import { createMatcher, type RoutePattern } from './http/routes.js';
import type { EndpointName } from './model.js';
import type { CallNotes, EndpointHandler, Service } from './service.js';
import { recordCall } from './state.js';

type Answer = SimulatorResponse | 'reset';

interface Endpoint extends RoutePattern {
  readonly name: EndpointName;
  readonly handle: EndpointHandler;
}

const TRANSACTION_ID_LOGGED = 128;

const ACTIONS: readonly (readonly [EndpointName, Provider, string, ActionHandler])[] = [
  ['validateRequest', 'scep', 'ScepActions/validateRequest', handleValidateRequest],
  ['successNotification', 'scep', 'ScepActions/successNotification', handleSuccessNotification],
  ['failureNotification', 'scep', 'ScepActions/failureNotification', handleFailureNotification],
  [
    'downloadRevocationRequests',
    'pki',
    'CertificateAuthorityRequests/downloadRevocationRequests',
    handleDownload,
  ],
  ['uploadRevocationResults', 'pki', 'CertificateAuthorityRequests/uploadRevocationResults', handleUpload],
];

/** @returns a handler that answers undefined for a path that production does not have, or no longer has. */
export function createProduction(
  service: Service,
): (request: SimulatorRequest) => Promise<Answer | undefined> {
  const match = createMatcher(fixedEndpoints());
  return async (request) => {
    const action = findAction(service, request);
    const found = action ? { row: action, parameters: {} } : match(request.method, request.path);
    if (!found) return undefined;
    const { row: endpoint, parameters } = found;
    const notes: CallNotes = {};
    const answer = await underFaults(service.faults, endpoint.name, async () => {
      try {
        return await endpoint.handle(service, request, notes, parameters);
      } catch (cause) {
        if (cause instanceof Problem) return cause.response;
        throw cause;
      }
    });
    logCall(service, endpoint.name, request, notes, answer);
    return answer;
  };
}

function fixedEndpoints(): Endpoint[] {
  const identities: IdentityCache = new Map();
  const endpoints: Endpoint['handle'] = (service, request, notes, { appId = '' }) =>
    handleEndpoints(service, request, appId, notes);
  return [
    ...DIRECTORY_ENDPOINTS,
    ...GROUP_ENDPOINTS,
    ...CONFIGURATION_ENDPOINTS,
    ...SERVICE_PRINCIPAL_ENDPOINTS,
    {
      name: 'token',
      method: 'POST',
      path: '/{tenant}/oauth2/v2.0/token',
      handle: (service, request, notes, { tenant = '' }) =>
        handleTokenRequest(service, request, tenant, notes),
    },
    {
      name: 'deviceCode',
      method: 'POST',
      path: '/{tenant}/oauth2/v2.0/devicecode',
      handle: (service, request, notes, { tenant = '' }) => handleDeviceCode(service, request, tenant, notes),
    },
    {
      name: 'metadata',
      method: 'GET',
      path: '/{tenant}/v2.0/.well-known/openid-configuration',
      handle: (service, request, _notes, { tenant = '' }) =>
        handleOpenIdConfiguration(service, request, tenant),
    },
    {
      name: 'metadata',
      method: 'GET',
      path: '/{tenant}/discovery/v2.0/keys',
      handle: (service) => handleKeys(service),
    },
    {
      name: 'metadata',
      method: 'GET',
      path: '/{tenant}/discovery/instance',
      handle: (_service, request) => handleInstanceDiscovery(request),
    },
    {
      name: 'managedIdentity',
      method: 'GET',
      path: '/msi/token',
      handle: (service, request, notes) => handleManagedIdentity(service, identities, request, notes),
    },
    {
      name: 'discovery',
      method: 'GET',
      path: '/v1.0/servicePrincipals/appId={appId}/endpoints',
      handle: endpoints,
    },
    {
      name: 'discovery',
      method: 'GET',
      path: "/v1.0/servicePrincipals(appId='{appId}')/endpoints",
      handle: endpoints,
    },
  ];
}

/** Looked up at each call: a move takes the old path away. */
function findAction(service: Service, { method, path }: SimulatorRequest): Endpoint | undefined {
  const row = ACTIONS.find(
    ([, provider, suffix]) =>
      path.toLowerCase() === `${service.relocation.basePath(provider)}/${suffix}`.toLowerCase(),
  );
  if (!row || method !== 'POST') return undefined;
  return { name: row[0], method: 'POST', path, handle: row[3] };
}

function logCall(
  service: Service,
  endpoint: EndpointName,
  request: SimulatorRequest,
  notes: CallNotes,
  answer: Answer,
): void {
  recordCall(service.state, {
    at: service.clock.now().toISOString(),
    endpoint,
    status: answer === 'reset' ? 'reset' : answer.status,
    tenantId: notes.tenantId ?? null,
    clientId: notes.clientId ?? null,
    clientRequestId: request.header('client-request-id') ?? null,
    apiVersion: request.header('api-version') ?? null,
    transactionId: notes.transactionId?.slice(0, TRANSACTION_ID_LOGGED) ?? null,
    code: notes.code ?? null,
  });
}

export const notFound: SimulatorResponse = json(
  { error: { code: 'NotFound', message: 'There is no such resource.' } },
  404,
);
