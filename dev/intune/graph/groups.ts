/** @module GET /v1.0/groups and /beta/groups: by id, or by name. */
import { GROUP_READERS } from '../constants.js';
import { json, type SimulatorRequest, type SimulatorResponse } from '../http/messages.js';
import type { RoutePattern } from '../http/routes.js';
import type { EndpointName, Group } from '../model.js';
import type { EndpointHandler, Service } from '../service.js';
import { authorizeGraph } from './authorize.js';
import { refuseGraph } from './errors.js';
import { answerList, pick, readSelect } from './listings.js';

interface GroupEndpoint extends RoutePattern {
  readonly name: EndpointName;
  readonly handle: EndpointHandler;
}

const NAME_FILTER = /^displayName eq '((?:[^']|'')*)'$/;

const present = ({ id, displayName }: Group) => ({ id, displayName, securityEnabled: true });

/** The one filter that is understood compares names, and not their case. */
function answerGroups(
  service: Service,
  request: SimulatorRequest,
  groups: readonly Group[],
): SimulatorResponse {
  const filter = request.query.get('$filter');
  const wanted = filter === null ? undefined : NAME_FILTER.exec(filter)?.[1]?.replaceAll("''", "'");
  if (filter !== null && wanted === undefined) return refuseGraph('Request_BadRequest', service.clock.now());
  const found = groups.filter(
    ({ displayName }) => wanted === undefined || displayName.toLowerCase() === wanted.toLowerCase(),
  );
  return answerList(service, request, found.map(present));
}

const endpointsOf = (version: string): readonly GroupEndpoint[] =>
  ['', '/{id}'].map((suffix) => ({
    name: 'graphGroups',
    method: 'GET',
    path: `/${version}/groups${suffix}`,
    async handle(service, request, notes, { id }) {
      const { tenantId } = await authorizeGraph(service, request, GROUP_READERS, notes);
      const groups = [...service.state.groups.values()].filter((group) => group.tenantId === tenantId);
      if (id === undefined) return answerGroups(service, request, groups);
      const found = groups.find((group) => group.id === id.toLowerCase());
      if (!found) return refuseGraph('Request_ResourceNotFound', service.clock.now());
      return json(pick(present(found), readSelect(request)));
    },
  }));

export const GROUP_ENDPOINTS: readonly GroupEndpoint[] = ['v1.0', 'beta'].flatMap(endpointsOf);
