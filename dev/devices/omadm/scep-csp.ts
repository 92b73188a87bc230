/** @module ClientCertificateInstall/SCEP: nodes that the server writes, kept in the registry for dmcertinst to read. */
import type { Item, NodeVerb } from '../../syncml/message.js';
import { DM_STATUS } from '../../syncml/status-codes.js';
import { signedHresult } from '../../../lib/base/hresults.js';
import { STATUS } from '../windows.js';
import type { CertificateStore } from './certificate-store.js';
import { children, found, outcome, refusal, type Csp, type Outcome } from './node.js';
import { scepKey, type Scope } from './paths.js';
import type { Protection } from './protection.js';
import { binary, dword, text, type Registry } from './registry.js';
import { isScepNode, REQUIRED_SETTINGS, SCEP_NODES, type ScepNodeName } from './scep-nodes.js';
import type { TaskScheduler } from './task-scheduler.js';

export interface ScepCspOptions {
  readonly registry: Registry;
  readonly certificates: CertificateStore;
  readonly protection: Protection;
  readonly scheduler: TaskScheduler;
  /** A new GUID, for the CorrelationGuid of an enrollment. */
  readonly newGuid: () => string;
}

/** One {UniqueID} with its place in the registry. */
interface Place {
  readonly scope: Scope;
  readonly uniqueId: string;
  readonly key: string;
}

export function createScepCsp(options: ScepCspOptions): Csp {
  return {
    root: 'Vendor/MSFT/ClientCertificateInstall/SCEP',
    handle(verb, { scope, segments: [uniqueId, ...rest] }, item) {
      if (uniqueId === undefined) {
        if (verb !== 'Get') return outcome(DM_STATUS.notAllowed);
        return children(options.registry.subkeys(scepKey(scope)));
      }
      const name = rest.join('/');
      if (!isScepNode(name)) return outcome(DM_STATUS.notFound);
      const refused = refusal(SCEP_NODES[name], verb, item);
      if (refused !== undefined) return outcome(refused);
      const place = { scope, uniqueId, key: scepKey(scope, uniqueId) };
      return dispatch(options, place, verb, name, item);
    },
  };
}

function dispatch(
  options: ScepCspOptions,
  place: Place,
  verb: NodeVerb,
  name: ScepNodeName,
  item: Item,
): Outcome {
  const { registry, scheduler } = options;
  const exists = registry.hasKey(place.key);
  if (name === '' && verb === 'Add')
    return exists ? outcome(DM_STATUS.alreadyExists) : createRequest(options, place);
  if (!exists) return outcome(DM_STATUS.notFound);
  if (verb === 'Get') return readNode(options, place, name);
  if (name === '' && verb === 'Delete') return deleteRequest(options, place);
  // What Exec was given holds until the enrollment is over.
  if (scheduler.find(place.scope, place.uniqueId)) return outcome(DM_STATUS.notAllowed);
  switch (verb) {
    case 'Exec':
      return enroll(options, place);
    case 'Delete':
      return deleteSetting(options, place, name);
    case 'Add':
      if (readSetting(options, place, name) !== undefined || name === 'Install')
        return outcome(DM_STATUS.alreadyExists);
      return writeSetting(options, place, name, item);
    case 'Replace':
      // Windows takes a Replace for an Add where a setting is not there, as Challenge is not after an enrollment.
      return writeSetting(options, place, name, item);
  }
}

function createRequest({ registry }: ScepCspOptions, { key }: Place): Outcome {
  registry.write(key, 'CertThumbprint', text(''));
  registry.write(key, 'Status', dword(STATUS.unknown));
  registry.createKey(`${key}\\Install`);
  return outcome(DM_STATUS.ok);
}

/** With everything that came of it: settings, task, certificate and key. */
function deleteRequest({ registry, certificates, scheduler }: ScepCspOptions, place: Place): Outcome {
  registry.deleteKey(place.key);
  scheduler.remove(place.scope, place.uniqueId);
  certificates.remove((entry) => entry.scope === place.scope && entry.uniqueId === place.uniqueId);
  return outcome(DM_STATUS.ok);
}

function readNode(options: ScepCspOptions, place: Place, name: ScepNodeName): Outcome {
  if (name === '')
    return children(childNames('').filter((child) => readNode(options, place, child as ScepNodeName).value));
  if (name === 'Install') {
    const settings = childNames('Install/').filter(
      (child) => readSetting(options, place, `Install/${child}`) !== undefined,
    );
    return children([...settings, 'Enroll']);
  }
  const data = name.startsWith('Install/')
    ? readSetting(options, place, name)
    : readOutcome(options, place, name);
  return data === undefined ? outcome(DM_STATUS.notFound) : found(SCEP_NODES[name].format, data);
}

/** The leaves beside Install: what came of the enrollment. */
function readOutcome(
  { registry, certificates }: ScepCspOptions,
  { scope, key }: Place,
  name: string,
): string {
  if (name === 'Status') return String(registry.readNumber(key, name) ?? STATUS.unknown);
  if (name === 'ErrorCode') return String(signedHresult(registry.readNumber(key, name) ?? 0));
  const value = registry.readText(key, name) ?? '';
  // A certificate that is gone or over has no thumbprint to show.
  return name === 'CertThumbprint' && !certificates.isUsable(scope, value) ? '' : value;
}

/** Names directly below a path of {@link SCEP_NODES}. */
const childNames = (prefix: '' | 'Install/'): string[] =>
  Object.keys(SCEP_NODES)
    .filter((name) => name !== '' && name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((name) => !name.includes('/') && name !== 'Enroll');

const leafName = (name: string): string => name.slice('Install/'.length);

const challengeKey = ({ key }: Place): string => `${key}\\Install\\Challenge`;

function readSetting(
  { registry, protection }: ScepCspOptions,
  place: Place,
  name: string,
): string | undefined {
  if (name === 'Install/Challenge') {
    const blob = registry.read(challengeKey(place), 'Challenge');
    return blob?.type === 'REG_BINARY' ? protection.unprotect(blob.data) : undefined;
  }
  const value = registry.read(`${place.key}\\Install`, leafName(name));
  return value && value.type !== 'REG_BINARY' ? String(value.data) : undefined;
}

function writeSetting(
  { registry, protection }: ScepCspOptions,
  place: Place,
  name: ScepNodeName,
  { data = '' }: Item,
): Outcome {
  const { format } = SCEP_NODES[name];
  if (format === 'node') return outcome(DM_STATUS.ok);
  if (name === 'Install/Challenge')
    registry.write(challengeKey(place), 'Challenge', binary(protection.protect(data)));
  else
    registry.write(
      `${place.key}\\Install`,
      leafName(name),
      format === 'int' ? dword(Number(data)) : text(data),
    );
  return outcome(DM_STATUS.ok);
}

function deleteSetting(options: ScepCspOptions, place: Place, name: ScepNodeName): Outcome {
  const { registry } = options;
  if (name === 'Install') {
    registry.deleteKey(`${place.key}\\Install`);
    return outcome(DM_STATUS.ok);
  }
  if (readSetting(options, place, name) === undefined) return outcome(DM_STATUS.notFound);
  if (name === 'Install/Challenge') registry.deleteKey(challengeKey(place));
  else registry.deleteValue(`${place.key}\\Install`, leafName(name));
  return outcome(DM_STATUS.ok);
}

/** Accepts the request and leaves the work to a scheduled task. */
function enroll(options: ScepCspOptions, place: Place): Outcome {
  const { registry, scheduler, newGuid } = options;
  const complete = REQUIRED_SETTINGS.every((name) => readSetting(options, place, name));
  if (!complete) return outcome(DM_STATUS.failed);
  const install = `${place.key}\\Install`;
  registry.write(place.key, 'Status', dword(STATUS.unknown));
  registry.deleteValue(place.key, 'ErrorCode');
  registry.write(install, 'CurrentRetryCount', dword(1));
  registry.write(install, 'CorrelationGuid', text(`{${newGuid().toUpperCase()}}`));
  registry.write(install, 'Enroll', text(''));
  if (readSetting(options, place, 'Install/TemplateName') === undefined)
    registry.write(install, 'TemplateName', text(''));
  scheduler.schedule(place.scope, place.uniqueId);
  return outcome(DM_STATUS.acceptedForProcessing);
}
