/** @module Tenants, apps, administrators, devices, users, profiles, assignments: shape, defaults, and what a change sets off. */
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { queueRevocations, queueUntargeted } from '../certificates.js';
import type { Clock } from '../../../lib/base/clock.js';
import type {
  Administrator,
  AppRegistration,
  Assignment,
  Device,
  Group,
  ScepProfile,
  Tenant,
  User,
} from '../model.js';
import { reviseProfile } from '../profile-edits.js';
import { ADMINISTRATOR_DEFAULTS, APP_DEFAULTS, DEVICE_DEFAULTS, PROFILE_DEFAULTS } from '../seed.js';
import { certificatesOf, createTenant, type SimulatorState } from '../state.js';

const text = v.string();
const id = v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/));
const texts = v.array(v.string());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const tenantSchema = v.strictObject({
  id,
  domain: v.pipe(v.string(), v.nonEmpty()),
  accountId: id,
  scaleUnit: text,
  challengeIntervalMinutes: v.pipe(v.number(), v.minValue(1)),
});

const appSchema = v.strictObject({
  clientId: id,
  tenantId: id,
  objectId: id,
  displayName: text,
  secrets: texts,
  certificates: texts,
  roles: texts,
  managedIdentity: v.boolean(),
});

const administratorSchema = v.strictObject({
  id,
  tenantId: id,
  userPrincipalName: v.pipe(v.string(), v.nonEmpty()),
  password: text,
  permissions: texts,
});

const userSchema = v.strictObject({
  id,
  tenantId: id,
  userPrincipalName: text,
  mail: text,
  accountEnabled: v.boolean(),
  onPremisesSecurityIdentifier: text,
});

const cspNodeSchema = v.strictObject({
  thumbprint: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40})?$/i)),
  status: v.picklist([1, 2, 16, 32]),
  errorCode: v.pipe(v.number(), v.integer()),
  respondentServerUrl: text,
});

/** What a device may say of a node; what it leaves out stays as it was. */
export const cspReportSchema = v.strictObject({
  thumbprint: v.exactOptional(cspNodeSchema.entries.thumbprint),
  status: v.exactOptional(cspNodeSchema.entries.status),
  errorCode: v.exactOptional(cspNodeSchema.entries.errorCode),
  respondentServerUrl: v.exactOptional(cspNodeSchema.entries.respondentServerUrl),
});

const deviceSchema = v.strictObject({
  id,
  tenantId: id,
  entraId: id,
  name: text,
  serialNumber: text,
  imei: text,
  os: text,
  state: v.picklist(['enrolled', 'retirePending', 'wiped', 'deleted']),
  actions: v.array(
    v.strictObject({
      actionName: v.picklist(['retire', 'wipe']),
      actionState: v.picklist(['pending', 'active', 'done', 'failed', 'canceled']),
      startDateTime: text,
    }),
  ),
  compliant: v.boolean(),
  registered: v.boolean(),
  accountEnabled: v.boolean(),
  onPremisesSecurityIdentifier: text,
  userId: v.nullable(id),
  registeredKeyIds: texts,
  nodeCache: v.strictObject({ version: count, nodes: v.record(v.string(), v.string()) }),
  csp: v.record(v.string(), cspNodeSchema),
});

const profileSchema = v.strictObject({
  id,
  tenantId: id,
  name: text,
  description: text,
  os: text,
  trustedProfileId: v.nullable(id),
  version: count,
  type: v.picklist(['device', 'user']),
  subjectFormat: text,
  subjectAlternativeNames: v.array(
    v.strictObject({ type: v.picklist(['rfc822', 'dns', 'uri', 'ip', 'upn']), value: text }),
  ),
  keyUsage: count,
  extendedKeyUsages: texts,
  keyLength: count,
  hashAlgorithms: texts,
  validity: v.strictObject({ unit: v.picklist(['Days', 'Months', 'Years']), count }),
  keyProtection: v.picklist([1, 2, 3, 4]),
  caThumbprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/i), v.toUpperCase()),
  serverUrls: v.pipe(texts, v.minLength(1)),
  renewalThresholdPercent: v.pipe(v.number(), v.minValue(1), v.maxValue(99)),
  requiresRegisteredKey: v.boolean(),
  retryCount: v.pipe(count, v.maxValue(30)),
  retryDelayMinutes: v.pipe(count, v.minValue(1)),
});

const groupSchema = v.strictObject({ id, tenantId: id, displayName: text, memberIds: texts });

const assignmentSchema = v.strictObject({
  id,
  profileId: id,
  target: v.picklist(['device', 'user', 'group', 'allDevices', 'allUsers']),
  targetId: text,
  excludedDeviceIds: texts,
  assignedAt: text,
});

/** One kind of entity, for the routes that create, read, change and delete it. */
export interface EntityKind<Row extends object = object> {
  readonly schema: v.GenericSchema<unknown, object>;
  /** Name of the field that identifies it. */
  readonly key: string;
  readonly rows: (state: SimulatorState) => Map<string, Row>;
  readonly defaults: (state: SimulatorState, clock: Clock) => object;
  /** As JSON and as its schema want it. */
  readonly present: (row: Row) => object;
  readonly create: (checked: object) => Row | Promise<Row>;
  readonly changed?: (state: SimulatorState, row: Row, before: Row) => void;
  readonly remove: (state: SimulatorState, row: Row) => void;
}

const firstTenant = (state: SimulatorState) => [...state.tenants.keys()][0] ?? '';
const same = (row: object) => row;

const tenants: EntityKind<Tenant> = {
  schema: tenantSchema,
  key: 'id',
  rows: (state) => state.tenants,
  defaults: () => {
    const own = randomUUID();
    return {
      id: own,
      domain: `${own.slice(0, 8)}.onmicrosoft.com`,
      accountId: randomUUID(),
      scaleUnit: 'mssim01',
      challengeIntervalMinutes: 60,
    };
  },
  // Keys stay inside.
  present: ({ keys: _keys, previousKeys: _previous, ...rest }) => rest,
  create: (checked) => createTenant(checked as v.InferOutput<typeof tenantSchema>),
  remove: (state, row) => state.tenants.delete(row.id),
};

const apps: EntityKind<AppRegistration> = {
  schema: appSchema,
  key: 'clientId',
  rows: (state) => state.apps,
  defaults: (state) => ({
    ...APP_DEFAULTS,
    clientId: randomUUID(),
    objectId: randomUUID(),
    tenantId: firstTenant(state),
  }),
  present: same,
  create: (checked) => checked as AppRegistration,
  remove: (state, row) => state.apps.delete(row.clientId),
};

const administrators: EntityKind<Administrator> = {
  schema: administratorSchema,
  key: 'id',
  rows: (state) => state.administrators,
  defaults: (state) => ({ ...ADMINISTRATOR_DEFAULTS, id: randomUUID(), tenantId: firstTenant(state) }),
  present: same,
  create: (checked) => checked as Administrator,
  remove: (state, row) => state.administrators.delete(row.id),
};

const users: EntityKind<User> = {
  schema: userSchema,
  key: 'id',
  rows: (state) => state.users,
  defaults: (state) => ({
    id: randomUUID(),
    tenantId: firstTenant(state),
    userPrincipalName: '',
    mail: '',
    accountEnabled: true,
    onPremisesSecurityIdentifier: '',
  }),
  present: same,
  create: (checked) => checked as User,
  // A user who leaves the directory takes no certificate along: Intune revokes nothing.
  remove: (state, row) => state.users.delete(row.id),
};

const devices: EntityKind<Device> = {
  schema: deviceSchema,
  key: 'id',
  rows: (state) => state.devices,
  defaults: (state) => {
    const own = randomUUID();
    return {
      ...DEVICE_DEFAULTS,
      id: own,
      entraId: randomUUID(),
      name: `DESKTOP-${own.slice(0, 7).toUpperCase()}`,
      tenantId: firstTenant(state),
      csp: {},
    };
  },
  present: same,
  create: (checked) => checked as Device,
  // The row stays, so that its certificates and challenges keep their device.
  remove: (state, row) => {
    row.state = 'deleted';
    queueRevocations(state, 'deviceDeleted', certificatesOf(state, row.id));
  },
};

const profiles: EntityKind<ScepProfile> = {
  schema: profileSchema,
  key: 'id',
  rows: (state) => state.profiles,
  defaults: (state) => ({ ...PROFILE_DEFAULTS, id: randomUUID(), tenantId: firstTenant(state) }),
  present: same,
  create: (checked) => checked as ScepProfile,
  changed: reviseProfile,
  remove: (state, row) => {
    state.profiles.delete(row.id);
    queueUntargeted(state);
  },
};

const groups: EntityKind<Group> = {
  schema: groupSchema,
  key: 'id',
  rows: (state) => state.groups,
  defaults: (state) => ({ id: randomUUID(), tenantId: firstTenant(state), displayName: '', memberIds: [] }),
  present: same,
  create: (checked) => checked as Group,
  changed: (state) => {
    queueUntargeted(state);
  },
  remove: (state, row) => {
    state.groups.delete(row.id);
    queueUntargeted(state);
  },
};

const assignments: EntityKind<Assignment> = {
  schema: assignmentSchema,
  key: 'id',
  rows: (state) => state.assignments,
  defaults: (_state, clock) => ({
    id: randomUUID(),
    target: 'allDevices',
    targetId: '',
    excludedDeviceIds: [],
    assignedAt: clock.now().toISOString(),
  }),
  present: same,
  create: (checked) => checked as Assignment,
  changed: (state) => {
    queueUntargeted(state);
  },
  remove: (state, row) => {
    state.assignments.delete(row.id);
    queueUntargeted(state);
  },
};

/** By the name in the path. */
export const ENTITIES: Readonly<Record<string, EntityKind>> = {
  tenants,
  apps,
  administrators,
  users,
  devices,
  profiles,
  groups,
  assignments,
} as unknown as Record<string, EntityKind>;
