/** @module What happens to a device: syncs, reports, and the events of its life. */
import * as v from 'valibot';
import { queueRevocations, queueUntargeted } from '../certificates.js';
import { DeploymentError } from '../challenge/variables.js';
import { json } from '../http/messages.js';
import type { Device, DeviceAction } from '../model.js';
import type { Service } from '../service.js';
import { certificatesOf, type SimulatorState } from '../state.js';
import { applyReport, runSession } from '../sync/session.js';
import { check, readControlBody, refuseControl } from './body.js';
import type { ControlRoute } from './route.js';
import { cspReportSchema } from './entities.js';

/** Without `csp` the stored state counts. */
const syncSchema = v.strictObject({
  csp: v.optional(v.record(v.string(), cspReportSchema)),
});

const reportSchema = v.strictObject({
  uniqueId: v.pipe(v.string(), v.nonEmpty()),
  ...cspReportSchema.entries,
});

const renameSchema = v.strictObject({ name: v.pipe(v.string(), v.nonEmpty()) });
const chosenNode = v.strictObject({ uniqueId: v.optional(v.string()) });
const chosenProfile = v.strictObject({ profileId: v.optional(v.string()) });

type DeviceEvent = (service: Service, device: Device, body: Record<string, unknown>) => void;

const EVENTS: Readonly<Record<string, DeviceEvent>> = {
  report: (_service, device, body) => {
    const { uniqueId, ...node } = check(reportSchema, body);
    applyReport(device, { [uniqueId]: node }, false);
  },
  rename: (_service, device, body) => {
    device.name = check(renameSchema, body).name;
  },
  /** Someone deletes the certificate on the device: Intune learns of it at the next sync. */
  'delete-certificate': (_service, device, body) => {
    const { uniqueId } = check(chosenNode, body);
    for (const [name, node] of Object.entries(device.csp)) {
      if (uniqueId === undefined || uniqueId === name) node.thumbprint = '';
    }
  },
  retire: ({ state, clock }, device) => {
    device.state = 'retirePending';
    order(device, 'retire', 'pending', clock.now());
    queueRevocations(state, 'retired', certificatesOf(state, device.id));
  },
  wipe: ({ state, clock }, device) => {
    device.state = 'wiped';
    order(device, 'wipe', 'done', clock.now());
    device.csp = {};
    queueRevocations(state, 'wiped', certificatesOf(state, device.id));
  },
  /** An administrator switches the device off in Entra, or on again; Intune does not care. */
  disable: (_service, device) => {
    device.accountEnabled = false;
  },
  enable: (_service, device) => {
    device.accountEnabled = true;
  },
  /** The device is deleted in Entra; Intune keeps its own record. */
  unregister: (_service, device) => {
    device.registered = false;
  },
  unassign: ({ state }, device, body) => {
    const { profileId } = check(chosenProfile, body);
    excludeDevice(state, device, profileId);
    queueUntargeted(state);
  },
};

function order(
  device: Device,
  actionName: DeviceAction['actionName'],
  actionState: DeviceAction['actionState'],
  at: Date,
): void {
  device.actions = [...device.actions, { actionName, actionState, startDateTime: at.toISOString() }];
}

/** Takes the device out of every assignment of the profile, or of all profiles. */
function excludeDevice(state: SimulatorState, device: Device, profileId: string | undefined): void {
  for (const assignment of state.assignments.values()) {
    if (profileId !== undefined && assignment.profileId !== profileId) continue;
    assignment.excludedDeviceIds = [...new Set([...assignment.excludedDeviceIds, device.id])];
  }
}

const findDevice = ({ state }: Service, id: string): Device =>
  state.devices.get(id) ?? refuseControl(404, `there is no device ${id}`);

export const DEVICE_ROUTES: readonly ControlRoute[] = [
  {
    method: 'POST',
    path: '/_sim/devices/{id}/sync',
    handle: async (service, request, { id = '' }) => {
      const device = findDevice(service, id);
      const { csp } = check(syncSchema, readControlBody(request));
      try {
        return json(await runSession(service, device.id, csp));
      } catch (cause) {
        if (cause instanceof DeploymentError) return refuseControl(409, cause.message);
        throw cause;
      }
    },
  },
  ...Object.entries(EVENTS).map(([name, event]): ControlRoute => ({
    method: 'POST',
    path: `/_sim/devices/{id}/${name}`,
    handle: (service, request, { id = '' }) => {
      const device = findDevice(service, id);
      event(service, device, readControlBody(request));
      return json(device);
    },
  })),
];
