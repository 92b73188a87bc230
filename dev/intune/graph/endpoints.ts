/** @module GET /v1.0/servicePrincipals/appId={id}/endpoints: where Intune's services live for this tenant. */
import { BASE_PATHS, DISCOVERY_ROLES, INTUNE_APP_ID, PROVIDERS, type Provider } from '../constants.js';
import { json, type SimulatorRequest, type SimulatorResponse } from '../http/messages.js';
import type { CallNotes, Service } from '../service.js';
import { authorizeGraph } from './authorize.js';
import { refuseGraph } from './errors.js';
import { guidFrom } from './objects.js';

interface Endpoint {
  readonly id: string;
  readonly capability: string;
  readonly providerId: string | null;
  readonly providerName: string | null;
  readonly providerResourceId: string | null;
  readonly uri: string | null;
}

/** Neighbours in the real list, so that a client must look for the right ones. */
const UNRELATED = ['AndroidEnrollmentService', 'StatelessIWService', 'TermsOfUseService'];

export async function handleEndpoints(
  service: Service,
  request: SimulatorRequest,
  appId: string,
  notes: CallNotes,
): Promise<SimulatorResponse> {
  await authorizeGraph(service, request, DISCOVERY_ROLES, notes);
  if (appId.toLowerCase() !== INTUNE_APP_ID) refuseGraph('Request_ResourceNotFound', service.clock.now());
  const endpoints = listEndpoints(service, request.origin);
  const size = service.state.switches.discoveryPageSize ?? endpoints.length;
  const skip = Number(request.query.get('$skiptoken') ?? 0);
  const next = skip + size;
  return json({
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#servicePrincipals/endpoints',
    ...(next < endpoints.length && {
      '@odata.nextLink': `${request.origin}${request.path}?$skiptoken=${next}`,
    }),
    value: endpoints.slice(skip, next),
  });
}

function listEndpoints(service: Service, origin: string): Endpoint[] {
  const { omitProviders, providerNameCase, nullNames } = service.state.switches;
  const cased = (name: string) =>
    providerNameCase === 'asIs'
      ? name
      : providerNameCase === 'lower'
        ? name.toLowerCase()
        : name.toUpperCase();
  const unrelated = UNRELATED.map((name) => createEndpoint(name, `${origin}/${name}`));
  const intune = (Object.keys(BASE_PATHS) as Provider[]).map((provider) =>
    createEndpoint(PROVIDERS[provider], origin + service.relocation.basePath(provider)),
  );
  const nameless = nullNames
    ? [
        { ...createEndpoint('Nameless', `${origin}/nameless`), providerName: null },
        { ...createEndpoint('PlacelessService', ''), uri: null },
      ]
    : [];
  return [...nameless, ...unrelated, ...intune]
    .filter(({ providerName }) => !omitProviders.includes(providerName ?? ''))
    .map((endpoint) => ({
      ...endpoint,
      providerName: endpoint.providerName === null ? null : cased(endpoint.providerName),
    }));
}

function createEndpoint(providerName: string, uri: string): Endpoint {
  return {
    id: guidFrom(providerName),
    capability: providerName,
    providerId: INTUNE_APP_ID,
    providerName,
    providerResourceId: null,
    uri,
  };
}
