/** @module All that the simulator knows, in memory. */
import { createCredential, type Credential } from './credentials.js';
import type {
  Administrator,
  AppRegistration,
  Assignment,
  CallRecord,
  CertificateRequest,
  ChallengeKeys,
  Device,
  DeviceCode,
  DeviceConfiguration,
  FailureReport,
  Group,
  IssuedCertificate,
  Listing,
  RevocationRequest,
  ScepProfile,
  Tenant,
  User,
  Validation,
} from './model.js';
import type { Seed, TenantSeed } from './seed.js';
import { DEFAULT_SWITCHES, type Switches } from './switches.js';

export interface SimulatorState {
  readonly tenants: Map<string, Tenant>;
  readonly apps: Map<string, AppRegistration>;
  readonly administrators: Map<string, Administrator>;
  /** By device code. */
  readonly deviceCodes: Map<string, DeviceCode>;
  readonly users: Map<string, User>;
  readonly devices: Map<string, Device>;
  readonly profiles: Map<string, ScepProfile>;
  readonly assignments: Map<string, Assignment>;
  readonly groups: Map<string, Group>;
  /** Profiles that were made through Graph. Those of SCEP have a row in `profiles` under the same id. */
  readonly configurations: Map<string, DeviceConfiguration>;
  /** By challenge digest. */
  readonly requests: Map<string, CertificateRequest>;
  /** By thumbprint. */
  readonly certificates: Map<string, IssuedCertificate>;
  /** The same rows by device id. */
  readonly deviceCertificates: Map<string, IssuedCertificate[]>;
  /** By requestContext. */
  readonly revocations: Map<string, RevocationRequest>;
  /** By CSR digest. */
  readonly validations: Map<string, Validation>;
  readonly failures: FailureReport[];
  readonly calls: CallRecord[];
  readonly switches: Switches;
  /** Lists that were handed out in pages or as deltas, by the token that goes on with them. */
  readonly listings: Map<string, Listing>;
  /** A signer and recipient that no tenant owns, for challenges that must fail. */
  readonly stranger: Credential;
}

/** A long-running fleet must not fill the memory with its own log. */
const CALL_LIMIT = 50_000;

export async function createState(seed: Seed): Promise<SimulatorState> {
  const state: SimulatorState = {
    tenants: new Map(),
    apps: new Map(),
    administrators: new Map(),
    deviceCodes: new Map(),
    users: new Map(),
    devices: new Map(),
    profiles: new Map(),
    assignments: new Map(),
    groups: new Map(),
    configurations: new Map(),
    requests: new Map(),
    certificates: new Map(),
    deviceCertificates: new Map(),
    revocations: new Map(),
    validations: new Map(),
    failures: [],
    calls: [],
    switches: { ...DEFAULT_SWITCHES },
    listings: new Map(),
    stranger: await createCredential('A stranger to Intune'),
  };
  await fillState(state, seed);
  return state;
}

/** Forgets everything and starts from `seed`; tenants that stay keep their keys, since making them is slow. */
export async function resetState(state: SimulatorState, seed: Seed): Promise<void> {
  const known = new Map(state.tenants);
  const tables = [
    state.tenants,
    state.apps,
    state.administrators,
    state.deviceCodes,
    state.users,
    state.devices,
    state.profiles,
    state.assignments,
    state.groups,
    state.configurations,
    state.requests,
    state.certificates,
    state.deviceCertificates,
    state.revocations,
    state.validations,
    state.listings,
  ];
  for (const table of tables) table.clear();
  state.failures.length = 0;
  state.calls.length = 0;
  Object.assign(state.switches, DEFAULT_SWITCHES);
  await fillState(state, seed, known);
}

async function fillState(
  state: SimulatorState,
  seed: Seed,
  known: ReadonlyMap<string, Tenant> = new Map(),
): Promise<void> {
  for (const row of seed.tenants) {
    const kept = known.get(row.id);
    state.tenants.set(row.id, kept ? { ...kept, ...row } : await createTenant(row));
  }
  // Copies: the seed must survive what happens to the rows.
  for (const row of structuredClone(seed.apps)) state.apps.set(row.clientId, row);
  for (const row of structuredClone(seed.administrators)) state.administrators.set(row.id, row);
  for (const row of structuredClone(seed.users)) state.users.set(row.id, row);
  for (const row of structuredClone(seed.devices)) state.devices.set(row.id, row);
  for (const row of structuredClone(seed.profiles)) state.profiles.set(row.id, row);
  for (const row of structuredClone(seed.assignments)) state.assignments.set(row.id, row);
}

export async function createTenant(row: TenantSeed): Promise<Tenant> {
  return { ...row, keys: await createChallengeKeys(), previousKeys: [] };
}

/** New keys for a tenant; with `keepPrevious` the challenges that are under way still pass. */
export async function rollKeys(tenant: Tenant, keepPrevious: boolean): Promise<void> {
  tenant.previousKeys = keepPrevious ? [tenant.keys, ...tenant.previousKeys] : [];
  tenant.keys = await createChallengeKeys();
}

async function createChallengeKeys(): Promise<ChallengeKeys> {
  const [signing, encryption] = await Promise.all([
    createCredential('Simulated Intune challenge signing'),
    createCredential('Simulated Intune challenge encryption'),
  ]);
  return { signing, encryption };
}

/** Finds a tenant by id or by domain, as a token URL may name either. */
export function findTenant(state: SimulatorState, idOrDomain: string): Tenant | undefined {
  const wanted = idOrDomain.toLowerCase();
  return [...state.tenants.values()].find(
    (tenant) => tenant.id.toLowerCase() === wanted || tenant.domain.toLowerCase() === wanted,
  );
}

export function recordCall(state: SimulatorState, call: CallRecord): void {
  if (state.calls.length >= CALL_LIMIT) state.calls.shift();
  state.calls.push(call);
}

export function certificatesOf(state: SimulatorState, deviceId: string): readonly IssuedCertificate[] {
  return state.deviceCertificates.get(deviceId) ?? [];
}

/** Whether `profile` is made for the device and aimed at it: directly, through its user, a group, or everyone. */
export const isTargeted = (state: SimulatorState, profile: ScepProfile, device: Device): boolean =>
  profile.os === device.os && isAssigned(state, profile, device);

/** The same without a look at the platform, for profiles of any sort. */
export function isAssigned(
  state: SimulatorState,
  profile: Pick<ScepProfile, 'id' | 'tenantId'>,
  device: Device,
): boolean {
  for (const assignment of state.assignments.values()) {
    if (assignment.profileId !== profile.id || assignment.excludedDeviceIds.includes(device.id)) continue;
    if (assignment.target === 'allDevices' && profile.tenantId === device.tenantId) return true;
    if (assignment.target === 'allUsers' && profile.tenantId === device.tenantId && device.userId !== null)
      return true;
    if (assignment.target === 'device' && assignment.targetId === device.id) return true;
    if (assignment.target === 'user' && device.userId !== null && assignment.targetId === device.userId)
      return true;
    if (assignment.target === 'group' && isMember(state, assignment.targetId, device)) return true;
  }
  return false;
}

/** Whether the group holds the device or its user. */
export function isMember(state: SimulatorState, groupId: string, device: Device): boolean {
  const members = state.groups.get(groupId)?.memberIds ?? [];
  return members.includes(device.id) || (device.userId !== null && members.includes(device.userId));
}
