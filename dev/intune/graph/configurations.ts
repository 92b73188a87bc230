/** @module /beta/deviceManagement/deviceConfigurations: profiles that are read, made, changed, bound and assigned. */
import { randomUUID } from 'node:crypto';
import { CONFIGURATION_READERS, CONFIGURATION_WRITERS } from '../constants.js';
import { json, noContent, type SimulatorRequest, type SimulatorResponse } from '../http/messages.js';
import type { PathParameters, RoutePattern } from '../http/routes.js';
import type { DeviceConfiguration, EndpointName } from '../model.js';
import type { EndpointHandler, Service } from '../service.js';
import { authorizeGraph } from './authorize.js';
import { parseAddress, parseConfiguration, readBody } from './configuration-body.js';
import { presentAssignment, presentConfiguration } from './configuration-objects.js';
import { CONFIGURATION_TYPES, type Relation } from './configuration-types.js';
import { replaceAssignments } from './configuration-assignments.js';
import { deploy } from './deployment.js';
import { refuseGraph } from './errors.js';
import { answerList } from './listings.js';

interface ConfigurationEndpoint extends RoutePattern {
  readonly name: EndpointName;
  readonly handle: EndpointHandler;
}

const PATH = '/beta/deviceManagement/deviceConfigurations';

interface Call {
  readonly service: Service;
  readonly request: SimulatorRequest;
  readonly parameters: PathParameters;
  readonly tenantId: string;
}

function endpoint(
  method: RoutePattern['method'],
  path: string,
  answer: (call: Call) => SimulatorResponse,
): ConfigurationEndpoint {
  const accepted = method === 'GET' ? CONFIGURATION_READERS : CONFIGURATION_WRITERS;
  return {
    name: 'graphConfigurations',
    method,
    path: PATH + path,
    async handle(service, request, notes, parameters) {
      const { tenantId } = await authorizeGraph(service, request, accepted, notes);
      return answer({ service, request, parameters, tenantId });
    },
  };
}

/** @throws {Problem} 404 */
function find({ service, parameters: { id = '' }, tenantId }: Call): DeviceConfiguration {
  const found = service.state.configurations.get(id);
  return found?.tenantId === tenantId ? found : refuseGraph('Request_ResourceNotFound', service.clock.now());
}

function findRelation(call: Call): { readonly row: DeviceConfiguration; member: string; relation: Relation } {
  const row = find(call);
  const { type, member = '' } = call.parameters;
  const relation = CONFIGURATION_TYPES[row.type]?.relations[member];
  if (row.type === type && relation) return { row, member, relation };
  return refuseGraph('BadRequest', call.service.clock.now());
}

function change(call: Call, row: DeviceConfiguration, changes: Partial<DeviceConfiguration>): void {
  Object.assign(row, changes, {
    version: row.version + 1,
    modifiedAt: call.service.clock.now().toISOString(),
  });
  deploy(call.service, row);
}

/** Adds to a list of references, or replaces the one. */
function bind(call: Call, isList: boolean): SimulatorResponse {
  const { row, member, relation } = findRelation(call);
  const { service, request } = call;
  if (relation.isList !== isList) return refuseGraph('BadRequest', service.clock.now());
  const id = parseAddress(service, relation.types, readBody(service, request)['@odata.id']);
  const kept = isList ? (row.references[member] ?? []) : [];
  change(call, row, { references: { ...row.references, [member]: [...new Set([...kept, id])] } });
  return noContent;
}

/** In the order in which they are matched. */
export const CONFIGURATION_ENDPOINTS: readonly ConfigurationEndpoint[] = [
  endpoint('GET', '', ({ service, request, tenantId }) => {
    if (request.query.has('$filter')) return refuseGraph('BadRequest', service.clock.now());
    const rows = [...service.state.configurations.values()].filter((row) => row.tenantId === tenantId);
    return answerList(service, request, rows.map(presentConfiguration));
  }),
  endpoint('POST', '', (call) => {
    const { service, request, tenantId } = call;
    const at = service.clock.now().toISOString();
    const row: DeviceConfiguration = {
      ...parseConfiguration(service, readBody(service, request)),
      id: randomUUID(),
      tenantId,
      createdAt: at,
      modifiedAt: at,
      version: 1,
      targets: [],
    };
    service.state.configurations.set(row.id, row);
    deploy(service, row);
    return json(presentConfiguration(row), 201);
  }),
  endpoint('GET', '/{id}', (call) => {
    const row = find(call);
    const isExpanded = call.request.query.get('$expand') === 'assignments';
    return json({
      ...presentConfiguration(row),
      ...(isExpanded && { assignments: row.targets.map((target) => presentAssignment(row, target)) }),
    });
  }),
  endpoint('PATCH', '/{id}', (call) => {
    const { service, request } = call;
    const row = find(call);
    const { members, references } = parseConfiguration(service, readBody(service, request), row);
    change(call, row, { members, references });
    return json(presentConfiguration(row));
  }),
  endpoint('POST', '/{id}/assign', (call) => {
    const row = find(call);
    row.targets = replaceAssignments(call.service, row, readBody(call.service, call.request));
    return json({ value: row.targets.map((target) => presentAssignment(row, target)) });
  }),
  endpoint('GET', '/{id}/microsoft.graph.{type}/{member}', (call) => {
    const { service, request } = call;
    const { row, member, relation } = findRelation(call);
    const found = (row.references[member] ?? []).flatMap((id) => service.state.configurations.get(id) ?? []);
    if (relation.isList) return answerList(service, request, found.map(presentConfiguration));
    const [first] = found;
    return first
      ? json(presentConfiguration(first))
      : refuseGraph('Request_ResourceNotFound', service.clock.now());
  }),
  endpoint('PUT', '/{id}/microsoft.graph.{type}/{member}/$ref', (call) => bind(call, false)),
  endpoint('POST', '/{id}/microsoft.graph.{type}/{member}/$ref', (call) => bind(call, true)),
];
