/** @module One MDM session: take what the device reports, decide, make challenges, and answer with commands. */
import { queueRevocations } from '../certificates.js';
import { mintChallenge } from '../challenge/mint.js';
import { parseProfileId } from '../challenge/request-id.js';
import { DeploymentError } from '../challenge/variables.js';
import type { CspNode, Device } from '../model.js';
import type { Service } from '../service.js';
import { certificatesOf, type SimulatorState } from '../state.js';
import { CACHE_QUESTIONS, createAtomic, createCacheUpdate, scepNode, type Command } from './commands.js';
import { decideSync, type Decision } from './decide.js';

/** All SCEP nodes of the device by UniqueID; a node that is not named is gone. */
export type DeviceReport = Readonly<Record<string, Partial<CspNode>>>;

export type WithoutDeployment<T> = T extends unknown ? Omit<T, 'deployment'> : never;

export interface Session {
  readonly deviceId: string;
  /** ISO 8601, on the simulator's clock. */
  readonly at: string;
  readonly decisions: readonly WithoutDeployment<Decision>[];
  /** Questions first, then deletions, then one Atomic for each request, then the node cache. */
  readonly commands: readonly Command[];
}

const UNREPORTED: CspNode = { thumbprint: '', status: 32, errorCode: 0, respondentServerUrl: '' };

/** Takes what a device says about its nodes for true. @param whole forgets the nodes that are not named. */
export function applyReport(device: Device, report: DeviceReport, whole: boolean): void {
  const csp: Record<string, CspNode> = whole ? {} : { ...device.csp };
  for (const [uniqueId, node] of Object.entries(report)) {
    const merged = { ...UNREPORTED, ...device.csp[uniqueId], ...node };
    csp[uniqueId] = { ...merged, thumbprint: merged.thumbprint.toUpperCase() };
  }
  device.csp = csp;
}

/** @throws {DeploymentError} when the device is unknown, wiped or deleted: it does not come to a session. */
export async function runSession(
  service: Service,
  deviceId: string,
  report?: DeviceReport,
): Promise<Session> {
  const { state, clock } = service;
  const device = state.devices.get(deviceId);
  if (!device) throw new DeploymentError('the device is not known');
  if (device.state === 'wiped' || device.state === 'deleted')
    throw new DeploymentError(`the device is ${device.state}`);
  if (report) applyReport(device, report, true);

  const decisions = decideSync(state, device, clock.now());
  queueReplaced(state, device, decisions);
  const nodeOf = locateNodes(state);
  const expected = Object.keys(device.nodeCache.nodes).filter((uniqueId) => uniqueId in device.csp);
  const commands: Command[] = [
    ...CACHE_QUESTIONS,
    ...expected.map((uniqueId): Command => ({ verb: 'Get', target: `${nodeOf(uniqueId)}/CertThumbprint` })),
  ];
  commands.push(...(await carryOut(service, device, decisions)), ...updateCache(device, nodeOf));
  // A retired device has had its last session.
  if (device.state === 'retirePending') device.state = 'deleted';
  return { deviceId, at: clock.now().toISOString(), decisions: decisions.map(withoutDeployment), commands };
}

/** The address of a UniqueID, below the device or the user as its profile has it. */
export const locateNodes =
  (state: SimulatorState) =>
  (uniqueId: string): string =>
    scepNode(state.profiles.get(parseProfileId(uniqueId) ?? '')?.type ?? 'device', uniqueId);

/** Deletions, then one Atomic for each request with a fresh challenge; the device's record already follows them. */
export async function carryOut(
  { state, clock }: Service,
  device: Device,
  decisions: readonly Decision[],
): Promise<Command[]> {
  const nodeOf = locateNodes(state);
  const commands: Command[] = [];
  for (const decision of decisions) {
    if (decision.action !== 'delete') continue;
    commands.push({ verb: 'Delete', target: nodeOf(decision.uniqueId) });
    device.csp = withoutKey(device.csp, decision.uniqueId);
  }
  for (const decision of decisions) {
    if (decision.action !== 'request') continue;
    const minted = await mintChallenge(state, clock, decision.deployment);
    const existing = device.csp[decision.uniqueId];
    commands.push(createAtomic(decision.deployment.profile, minted, existing !== undefined));
    device.csp[decision.uniqueId] = existing ?? { ...UNREPORTED };
  }
  return commands;
}

/** A request under a new hash makes the certificates of the old ones unwanted. */
export function queueReplaced(state: SimulatorState, device: Device, decisions: readonly Decision[]): void {
  for (const decision of decisions) {
    if (decision.action !== 'request') continue;
    const { deployment, profileId } = decision;
    queueRevocations(state, 'profileChanged', certificatesOf(state, device.id), (certificate) => {
      return certificate.profileId === profileId && certificate.hash !== deployment.hash;
    });
  }
}

function updateCache(device: Device, nodeOf: (uniqueId: string) => string): Command[] {
  const before = device.nodeCache.nodes;
  const after = Object.fromEntries(
    Object.entries(device.csp).map(([uniqueId, { thumbprint }]) => [uniqueId, thumbprint]),
  );
  const version = device.nodeCache.version + 1;
  const uriOf = (uniqueId: string) => `${nodeOf(uniqueId)}/CertThumbprint`;
  const commands = createCacheUpdate(uriOf, before, after, version);
  if (commands.length > 0) device.nodeCache = { version, nodes: after };
  return commands;
}

function withoutKey<T>(record: Record<string, T>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

export function withoutDeployment(decision: Decision): WithoutDeployment<Decision> {
  if (decision.action !== 'request') return decision;
  const { deployment: _deployment, ...rest } = decision;
  return rest;
}
