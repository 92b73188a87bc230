/** @module GET /v1.0/devices, /v1.0/users, /v1.0/deviceManagement/managedDevices: one, all, and what changed. */
import { DIRECTORY_READERS } from '../constants.js';
import { json, type SimulatorRequest, type SimulatorResponse } from '../http/messages.js';
import type { PathParameters, RoutePattern } from '../http/routes.js';
import type { EndpointName } from '../model.js';
import type { CallNotes, Service } from '../service.js';
import type { SimulatorState } from '../state.js';
import { authorizeGraph } from './authorize.js';
import { refuseGraph } from './errors.js';
import { answerDelta, answerList, pick, readSelect } from './listings.js';
import { type GraphObject, listDevices, listManagedDevices, listUsers } from './objects.js';

interface DirectoryEndpoint extends RoutePattern {
  readonly name: EndpointName;
  readonly handle: (
    service: Service,
    request: SimulatorRequest,
    notes: CallNotes,
    parameters: PathParameters,
  ) => Promise<SimulatorResponse>;
}

interface Collection {
  readonly name: EndpointName;
  readonly readers: ReadonlySet<string>;
  readonly list: (state: SimulatorState, tenantId: string) => readonly GraphObject[];
}

const COLLECTIONS = {
  managedDevices: {
    name: 'graphManagedDevices',
    readers: DIRECTORY_READERS.managedDevices,
    list: listManagedDevices,
  },
  devices: { name: 'graphDevices', readers: DIRECTORY_READERS.devices, list: listDevices },
  users: { name: 'graphUsers', readers: DIRECTORY_READERS.users, list: listUsers },
} as const satisfies Record<string, Collection>;

type Answer = (
  service: Service,
  request: SimulatorRequest,
  objects: readonly GraphObject[],
  parameters: PathParameters,
) => SimulatorResponse;

function endpoint(path: string, { name, readers, list }: Collection, answer: Answer): DirectoryEndpoint {
  return {
    name,
    method: 'GET',
    path: `/v1.0/${path}`,
    async handle(service, request, notes, parameters) {
      const { tenantId } = await authorizeGraph(service, request, readers, notes);
      return answer(service, request, list(service.state, tenantId), parameters);
    },
  };
}

/** @param members by which of them an object is found. */
const answerOne =
  (...members: readonly string[]): Answer =>
  (service, request, objects, { id = '' }) => {
    const wanted = id.toLowerCase();
    const found = objects.find((object) =>
      members.some((member) => String(object[member]).toLowerCase() === wanted),
    );
    if (!found) return refuseGraph('Request_ResourceNotFound', service.clock.now());
    return json(pick(found, readSelect(request)));
  };

const DEVICE_FILTER = /^azureADDeviceId eq '([0-9a-f-]+)'$/i;

/** The one filter that is understood finds the managed device of an Entra device. */
const answerFiltered: Answer = (service, request, objects) => {
  const filter = request.query.get('$filter');
  if (filter === null) return answerList(service, request, objects);
  const wanted = DEVICE_FILTER.exec(filter)?.[1] ?? refuseGraph('Request_BadRequest', service.clock.now());
  return answerList(
    service,
    request,
    objects.filter((object) => object['azureADDeviceId'] === wanted.toLowerCase()),
  );
};

/** In the order in which they are matched. */
export const DIRECTORY_ENDPOINTS: readonly DirectoryEndpoint[] = [
  endpoint('devices/delta', COLLECTIONS.devices, answerDelta),
  endpoint("devices(deviceId='{id}')", COLLECTIONS.devices, answerOne('deviceId')),
  endpoint('devices/{id}', COLLECTIONS.devices, answerOne('id')),
  endpoint('users/delta', COLLECTIONS.users, answerDelta),
  endpoint('users/{id}', COLLECTIONS.users, answerOne('id', 'userPrincipalName')),
  endpoint('deviceManagement/managedDevices', COLLECTIONS.managedDevices, answerFiltered),
  endpoint('deviceManagement/managedDevices/{id}', COLLECTIONS.managedDevices, answerOne('id')),
];
