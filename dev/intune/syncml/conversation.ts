/**
 * @module An OMA DM session from Intune's side, told in order: is the node cache still the one we know, what changed,
 * what do we want, and what does the cache look like then. Each `yield` is one message to the device.
 */
import { isDone } from '../../syncml/status-codes.js';
import type { CspNode, Device } from '../model.js';
import type { Service } from '../service.js';
import type { SimulatorState } from '../state.js';
import { CACHE_QUESTIONS, createCacheUpdate, NODE_CACHE, type Command } from '../sync/commands.js';
import { decideSync, type Decision } from '../sync/decide.js';
import {
  applyReport,
  carryOut,
  locateNodes,
  queueReplaced,
  withoutDeployment,
  type DeviceReport,
  type WithoutDeployment,
} from '../sync/session.js';
import type { Answers } from './answers.js';

export type Conversation = AsyncGenerator<readonly Command[], void, Answers>;

/** Told of what Intune wants of the device and why. */
export type DecisionSink = (decisions: readonly WithoutDeployment<Decision>[]) => void;

const get = (target: string): Command => ({ verb: 'Get', target });

const WIPE: Command = { verb: 'Exec', target: './Device/Vendor/MSFT/RemoteWipe/doWipe', format: 'null' };
const UNENROLL: Command = {
  verb: 'Exec',
  target: './Device/Vendor/MSFT/DMClient/Provider/MS DM Server/Unenroll',
  format: 'null',
};
const SCEP_ROOTS = ['Device', 'User'].map((scope) => `./${scope}/Vendor/MSFT/ClientCertificateInstall/SCEP`);

export async function* converse(service: Service, device: Device, onDecisions: DecisionSink): Conversation {
  if (device.state === 'wiped') {
    yield [WIPE];
    return;
  }
  const cache = yield* compareCache(device);
  const report = yield* askNodes(service.state, device, cache);
  applyReport(device, report, true);

  const decisions = decideSync(service.state, device, service.clock.now()).filter(
    (decision) => !isUnderWay(service, device, decision),
  );
  onDecisions(decisions.map(withoutDeployment));
  queueReplaced(service.state, device, decisions);
  const orders = await carryOut(service, device, decisions);
  if (device.state === 'retirePending') orders.push(UNENROLL);
  const certificates = yield* giveOrders(service.state, device, orders);
  if (device.state === 'retirePending') {
    // A retired device has had its last session.
    device.state = 'deleted';
    return;
  }
  yield* updateCache(service.state, device, cache, certificates);
}

interface CacheComparison {
  /** Whether device and server remember the same version; if not, neither copy is worth anything. */
  readonly inStep: boolean;
  /** Ids of nodes that are not as expected. */
  readonly changed: ReadonlySet<string>;
}

function* compareCache(device: Device): Generator<readonly Command[], CacheComparison, Answers> {
  const [version, changed] = CACHE_QUESTIONS;
  const answers = yield CACHE_QUESTIONS;
  const known = (version && answers.value(version)) ?? '0';
  const ids = ((changed && answers.value(changed)) ?? '').split(',').filter((id) => id !== '');
  const inStep = known === String(device.nodeCache.version);
  if (!inStep) device.nodeCache = { version: device.nodeCache.version, nodes: {} };
  return { inStep, changed: new Set(ids) };
}

/** Asks for the thumbprint of every certificate that should be there, and for the rest of what is not settled. */
function* askNodes(
  state: SimulatorState,
  device: Device,
  cache: CacheComparison,
): Generator<readonly Command[], DeviceReport, Answers> {
  const nodeOf = locateNodes(state);
  const expected = new Set(Object.keys(device.csp));
  if (!cache.inStep) for (const uniqueId of yield* listNodes()) expected.add(uniqueId);
  const questions = [...expected].map((uniqueId) => {
    const ask = (leaf: string) => get(`${nodeOf(uniqueId)}/${leaf}`);
    const whole = !cache.inStep || cache.changed.has(uniqueId) || !isSettled(device.csp[uniqueId]);
    return {
      uniqueId,
      thumbprint: ask('CertThumbprint'),
      details: whole ? [ask('Status'), ask('ErrorCode'), ask('RespondentServerUrl')] : [],
    };
  });
  if (questions.length === 0) return {};
  const answers = yield questions.flatMap(({ thumbprint, details }) => [thumbprint, ...details]);
  return Object.fromEntries(
    questions.flatMap(({ uniqueId, thumbprint, details }) => {
      const value = answers.value(thumbprint);
      if (value === undefined) return [];
      return [[uniqueId, { thumbprint: value, ...readDetails(answers, details) }]];
    }),
  );
}

function* listNodes(): Generator<readonly Command[], string[], Answers> {
  const roots = SCEP_ROOTS.map(get);
  const answers = yield roots;
  return roots.flatMap((root) => (answers.value(root) ?? '').split('/')).filter((name) => name !== '');
}

const isSettled = (node: CspNode | undefined): boolean =>
  node?.status === 1 && node.thumbprint !== '' && node.respondentServerUrl !== '';

function readDetails(answers: Answers, details: readonly Command[]): Partial<CspNode> {
  const [status, errorCode, url] = details.map((detail) => answers.value(detail));
  if (status === undefined) return {};
  return {
    status: Number(status) as CspNode['status'],
    errorCode: Number(errorCode ?? 0),
    respondentServerUrl: url ?? '',
  };
}

/** Whether the device was already asked, with a challenge that still holds, and has not come to an end with it. */
function isUnderWay({ state, clock }: Service, device: Device, decision: Decision): boolean {
  if (decision.action !== 'request' || device.csp[decision.uniqueId]?.status !== 32) return false;
  const now = clock.now();
  return [...state.requests.values()].some(
    (request) =>
      request.deviceId === device.id &&
      request.uniqueId === decision.uniqueId &&
      now <= new Date(request.expiresAt),
  );
}

/** Certificates by node id: what the device showed now, and what of the cache is still so. */
type CachedCertificates = Readonly<Record<string, string>>;

const CERTIFICATE_PREFIX = 'Certificate_';

const certificateUri = (scope: 'Device' | 'User', thumbprint: string): string =>
  `./${scope}/Vendor/MSFT/CertificateStore/MY/${scope === 'Device' ? 'System' : 'User'}/${thumbprint}/EncodedCertificate`;

const scopeOf = (address: string) => (address.startsWith('./User/') ? 'User' : 'Device');

/** Sends the orders, and asks for the certificates that the server's copy of the cache does not have yet. */
function* giveOrders(
  state: SimulatorState,
  device: Device,
  orders: readonly Command[],
): Generator<readonly Command[], CachedCertificates, Answers> {
  const nodeOf = locateNodes(state);
  const wanted = Object.entries(device.csp)
    .filter(([, { thumbprint }]) => thumbprint !== '')
    .map(([uniqueId, { thumbprint }]) => {
      const id = `${CERTIFICATE_PREFIX}${thumbprint}`;
      return {
        id,
        known: device.nodeCache.nodes[id],
        question: get(certificateUri(scopeOf(nodeOf(uniqueId)), thumbprint)),
      };
    });
  const questions = wanted.filter(({ known }) => known === undefined).map(({ question }) => question);
  const commands = [...orders, ...questions];
  const answers = commands.length > 0 ? yield commands : undefined;
  if (answers) forgetRefused(device, orders, answers);
  return Object.fromEntries(
    wanted.flatMap(({ id, known, question }) => {
      const value = known ?? answers?.value(question);
      return value === undefined ? [] : [[id, value]];
    }),
  );
}

/** A new node whose Atomic the device undid is not there. */
function forgetRefused(device: Device, orders: readonly Command[], answers: Answers): void {
  for (const order of orders) {
    if (order.verb !== 'Atomic' || isDone(answers.status(order))) continue;
    const isNew = order.commands[0]?.verb === 'Add' && order.commands[0].format === 'node';
    if (isNew)
      device.csp = Object.fromEntries(Object.entries(device.csp).filter(([name]) => name !== order.uniqueId));
  }
}

function* updateCache(
  state: SimulatorState,
  device: Device,
  { inStep }: CacheComparison,
  certificates: CachedCertificates,
): Generator<readonly Command[], void, Answers> {
  const nodeOf = locateNodes(state);
  const after: Record<string, string> = { ...certificates };
  for (const [uniqueId, { thumbprint }] of Object.entries(device.csp)) after[uniqueId] = thumbprint;
  const uriOf = (nodeId: string) => {
    if (!nodeId.startsWith(CERTIFICATE_PREFIX)) return `${nodeOf(nodeId)}/CertThumbprint`;
    const thumbprint = nodeId.slice(CERTIFICATE_PREFIX.length);
    const [owner = ''] = Object.entries(device.csp).find(([, node]) => node.thumbprint === thumbprint) ?? [];
    return certificateUri(scopeOf(nodeOf(owner)), thumbprint);
  };
  const version = device.nodeCache.version + 1;
  const update = createCacheUpdate(uriOf, device.nodeCache.nodes, after, version);
  if (update.length === 0 && inStep) return;
  const commands: Command[] = inStep ? update : [...CACHE_RESTART, ...update];
  const answers = yield commands;
  // A cache that the device did not take is found out of step next time.
  const taken = commands.every((command) => command.verb === 'Delete' || isDone(answers.status(command)));
  device.nodeCache = taken ? { version, nodes: after } : { version, nodes: {} };
}

/** Empties the device's cache; the first command finds nothing on a device that has none. */
const CACHE_RESTART: readonly Command[] = [
  { verb: 'Delete', target: NODE_CACHE },
  { verb: 'Add', target: NODE_CACHE, format: 'node' },
];
