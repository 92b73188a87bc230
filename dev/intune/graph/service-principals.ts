/** @module /v1.0/servicePrincipals: who is in the tenant, what they were granted, and granting more. */
import * as v from 'valibot';
import { APP_ROLES, ROLE_ASSIGNERS, SERVICE_PRINCIPAL_READERS, type ResourceApp } from '../constants.js';
import { json, parseJson, type SimulatorRequest, type SimulatorResponse } from '../http/messages.js';
import type { PathParameters, RoutePattern } from '../http/routes.js';
import type { AppRegistration, EndpointName } from '../model.js';
import type { EndpointHandler, Service } from '../service.js';
import { authorizeGraph } from './authorize.js';
import { refuseGraph } from './errors.js';
import { answerList, pick, readSelect } from './listings.js';
import type { GraphObject } from './objects.js';
import { listServicePrincipals, ownerOf, roleIdOf, toAssignment } from './principals.js';

interface Endpoint extends RoutePattern {
  readonly name: EndpointName;
  readonly handle: EndpointHandler;
}

type Answer = (
  service: Service,
  request: SimulatorRequest,
  tenantId: string,
  parameters: PathParameters,
) => SimulatorResponse;

const endpoint = (
  method: 'GET' | 'POST',
  path: string,
  name: EndpointName,
  accepted: ReadonlySet<string>,
  answer: Answer,
): Endpoint => ({
  name,
  method,
  path: `/v1.0/${path}`,
  async handle(service, request, notes, parameters) {
    const { tenantId } = await authorizeGraph(service, request, accepted, notes);
    return answer(service, request, tenantId, parameters);
  },
});

const FILTER = /^(appId|displayName) eq '((?:[^']|'')*)'$/;

const answerAll: Answer = (service, request, tenantId) => {
  const all = listServicePrincipals(service.state, tenantId);
  const filter = request.query.get('$filter');
  if (filter === null) return answerList(service, request, all);
  const [, member = '', quoted = ''] =
    FILTER.exec(filter) ?? refuseGraph('Request_BadRequest', service.clock.now());
  const wanted = quoted.replaceAll("''", "'").toLowerCase();
  return answerList(
    service,
    request,
    all.filter((object) => String(object[member]).toLowerCase() === wanted),
  );
};

function find(service: Service, tenantId: string, id: string): GraphObject {
  const found = listServicePrincipals(service.state, tenantId).find(
    (object) => object.id === id.toLowerCase(),
  );
  return found ?? refuseGraph('Request_ResourceNotFound', service.clock.now());
}

const answerOne: Answer = (service, request, tenantId, { id = '' }) =>
  json(pick(find(service, tenantId, id), readSelect(request)));

/** @param side by whose id the path goes: that of who was granted, or that of who owns the roles. */
const answerAssignments =
  (side: 'principalId' | 'resourceId'): Answer =>
  (service, request, tenantId, { id = '' }) => {
    find(service, tenantId, id);
    const assignments = [...service.state.apps.values()]
      .filter((app) => app.tenantId === tenantId)
      .flatMap((app) => app.roles.map((role) => toAssignment(app, role)))
      .filter((assignment) => assignment[side] === id.toLowerCase());
    return answerList(service, request, assignments);
  };

const Wish = v.object({ principalId: v.string(), resourceId: v.string(), appRoleId: v.string() });

const assign =
  (side: 'principalId' | 'resourceId'): Answer =>
  (service, request, tenantId, { id = '' }) => {
    const now = service.clock.now();
    const parsed = v.safeParse(Wish, parseJson(request.body));
    if (!parsed.success || parsed.output[side] !== id) return refuseGraph('Request_BadRequest', now);
    const { principalId, resourceId, appRoleId } = parsed.output;
    find(service, tenantId, principalId);
    const app = [...service.state.apps.values()].find(({ objectId }) => objectId === principalId);
    if (!app) return refuseGraph('Request_BadRequest', now, 'Roles of this application cannot be assigned.');
    const role = findRole(tenantId, resourceId, appRoleId);
    if (role === undefined)
      return refuseGraph('Request_BadRequest', now, 'Permission being assigned was not found on application');
    return json(grant(app, role, now), 201);
  };

/** Shows in the next token of the app, or a day later: see the switch `staleRoles`. */
function grant(app: AppRegistration, role: string, now: Date): GraphObject {
  if (app.roles.includes(role))
    refuseGraph('Request_BadRequest', now, 'Permission being assigned already exists on the object');
  app.roles = [...app.roles, role];
  return toAssignment(app, role);
}

function findRole(tenantId: string, resourceId: string, appRoleId: string): string | undefined {
  const owners = Object.keys(APP_ROLES) as ResourceApp[];
  const owner = owners.find((resource) => ownerOf(tenantId, resource).id === resourceId);
  return owner && APP_ROLES[owner].find((role) => roleIdOf(role) === appRoleId);
}

export const SERVICE_PRINCIPAL_ENDPOINTS: readonly Endpoint[] = [
  endpoint('GET', 'servicePrincipals', 'servicePrincipals', SERVICE_PRINCIPAL_READERS, answerAll),
  endpoint('GET', 'servicePrincipals/{id}', 'servicePrincipals', SERVICE_PRINCIPAL_READERS, answerOne),
  ...(
    [
      ['appRoleAssignments', 'principalId'],
      ['appRoleAssignedTo', 'resourceId'],
    ] as const
  ).flatMap(([list, side]) => {
    const path = `servicePrincipals/{id}/${list}`;
    return [
      endpoint('GET', path, 'appRoleAssignments', SERVICE_PRINCIPAL_READERS, answerAssignments(side)),
      endpoint('POST', path, 'appRoleAssignments', ROLE_ASSIGNERS, assign(side)),
    ];
  }),
];
