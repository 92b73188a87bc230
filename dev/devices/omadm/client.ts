/**
 * @module A managed Windows device, whole: it syncs with its MDM server over SyncML, keeps nodes and registry, runs the
 * scheduled tasks that enroll, and lives on the clock that it is given.
 */
import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from '../../../lib/base/clock.js';
import { createHttpExchange } from '../../syncml/http-exchange.js';
import type { DmExchange } from '../../syncml/message.js';
import { MANAGEMENT_PATH } from '../../syncml/management-path.js';
import { createAttackingDevice } from '../attacker.js';
import type { AttackName } from '../attacks.js';
import { createWindowsDevice, type InstallResult, type WindowsDeviceOptions } from '../windows.js';
import {
  createCertificateStore,
  createCertificateStoreCsp,
  type StoredCertificate,
} from './certificate-store.js';
import { runTask } from './dmcertinst.js';
import { createLifecycleCsps, type EndOfLife } from './lifecycle-csp.js';
import { createNodeCacheCsp } from './node-cache-csp.js';
import { nodeCacheKey, type Scope } from './paths.js';
import { createProtection } from './protection.js';
import { createRegistry, type Registry } from './registry.js';
import { createScepCsp } from './scep-csp.js';
import { runDmSession, type DmSessionResult, type GenericAlert } from './session.js';
import { createTaskScheduler, type ScheduledTask } from './task-scheduler.js';
import { readClientState, type ClientState } from './state.js';
import { createTree, type ManagementTree } from './tree.js';

export interface WindowsClientOptions extends Omit<WindowsDeviceOptions, 'sleep'> {
  /** Intune's id of the device. */
  readonly deviceId: string;
  /** Without a slash at its end. */
  readonly simulatorUrl: string;
  /** Default: HTTP to the simulator, by `fetch`. A simulation of many devices hands messages over in process. */
  readonly exchange?: DmExchange;
  /** Waits for the next attempt; with virtual time it moves the clock. Default: a timer. */
  readonly sleep?: (delayMs: number) => Promise<void>;
  /** GUID of the MDM enrollment, which names the folder of the tasks. Default: a new one. */
  readonly enrollmentId?: string;
  /** SID of the user that is logged on. Default: nobody is, and `./User` is not there. */
  readonly userSid?: string;
  readonly onTask?: (change: 'created' | 'deleted', task: ScheduledTask) => void;
  /** Makes an attacker of the device: what it asks for with the challenges it gets. Default: it is honest. */
  readonly attack?: AttackName;
}

export interface WindowsClient {
  readonly deviceId: string;
  /** One OMA DM session. @throws when the server cannot be reached; then nothing is lost and nothing done. */
  sync(): Promise<DmSessionResult>;
  /** Runs the attempts that are due on the clock, one of each task. Never throws for what a CA does. */
  runDueTasks(): Promise<InstallResult[]>;
  /** Runs all tasks to their end, waiting in between. @returns the last result of each. */
  runTasks(): Promise<InstallResult[]>;
  /** When the next attempt is due; undefined without a task. */
  nextTaskAt(): Date | undefined;
  /** The user deletes certificates, all or those of one node, with their keys. @returns their thumbprints. */
  deleteCertificate(uniqueId?: string): string[];
  registry(): Registry;
  tasks(): readonly ScheduledTask[];
  certificates(): readonly StoredCertificate[];
  /** The management tree, as an administrator's tool on the device would ask it. */
  tree(): ManagementTree;
  state(): ClientState;
}

const DEVICE_INFO = {
  Man: 'Skep',
  Mod: 'Virtual Windows device',
  DmV: '1.3',
  Lang: 'en-US',
} as const;

const wait = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });

export function createWindowsClient(options: WindowsClientOptions): WindowsClient {
  const { deviceId, clock = systemClock, sleep = wait, onEvent: emit = () => undefined } = options;
  const serverUrl = `${options.simulatorUrl}${MANAGEMENT_PATH}`;
  const exchange =
    options.exchange ??
    createHttpExchange({ url: serverUrl, ...(options.fetch && { fetch: options.fetch }) });
  const parts = createParts(options, clock);
  const { registry, certificates, scheduler } = parts;
  const device = options.attack
    ? createAttackingDevice(options.attack, { ...options, sleep })
    : createWindowsDevice({ ...options, sleep });
  let alerts: GenericAlert[] = [];
  let sessions = 0;

  const dmcertinst = {
    ...parts,
    clock,
    device,
    emit,
    alert: (alert: GenericAlert) => {
      alerts.push(alert);
    },
  };

  async function runDueTasks(): Promise<InstallResult[]> {
    const now = clock.now();
    const results: InstallResult[] = [];
    for (const task of scheduler.list().filter(({ nextRunAt }) => nextRunAt <= now))
      results.push(await runTask(dmcertinst, task));
    return results;
  }

  const nextTaskAt = (): Date | undefined =>
    scheduler
      .list()
      .map(({ nextRunAt }) => nextRunAt)
      .toSorted((a, b) => a.getTime() - b.getTime())[0];

  return {
    deviceId,
    async sync() {
      const told = alerts;
      const result = await runDmSession({
        exchange,
        tree: parts.tree,
        deviceId,
        serverUrl,
        sessionId: (++sessions).toString(16).toUpperCase(),
        alerts: told,
        deviceInfo: DEVICE_INFO,
        snapshot: parts.snapshot,
      });
      alerts = alerts.filter((alert) => !told.includes(alert));
      parts.settle();
      return result;
    },
    runDueTasks,
    async runTasks() {
      const results = new Map<ScheduledTask, InstallResult>();
      for (let next = nextTaskAt(); next; next = nextTaskAt()) {
        const delayMs = next.getTime() - clock.now().getTime();
        if (delayMs > 0) {
          emit({ type: 'waiting', delayMs, because: 'failed' });
          await sleep(delayMs);
        }
        for (const task of scheduler.list().filter(({ nextRunAt }) => nextRunAt <= clock.now()))
          results.set(task, await runTask(dmcertinst, task));
      }
      return [...results.values()];
    },
    nextTaskAt,
    deleteCertificate: (uniqueId) =>
      certificates
        .remove((entry) => uniqueId === undefined || entry.uniqueId === uniqueId)
        .map(({ certificate }) => certificate.thumbprint),
    registry: () => registry,
    tasks: () => scheduler.list(),
    certificates: () => certificates.list(),
    tree: () => parts.tree,
    state: () => readClientState(parts),
  };
}

/** What the device is made of, wired up. */
function createParts(options: WindowsClientOptions, clock: Clock) {
  const registry = createRegistry();
  const certificates = createCertificateStore(clock);
  const protection = createProtection(options.random);
  const scopes: readonly Scope[] = options.userSid === undefined ? ['Device'] : ['Device', 'User'];
  const scheduler = createTaskScheduler({
    clock,
    enrollmentId: options.enrollmentId ?? randomUUID(),
    userSid: options.userSid,
    ...(options.onTask && { onChange: options.onTask }),
  });
  for (const scope of scopes) registry.createKey(`${nodeCacheKey(scope)}\\Nodes`);

  let ended: EndOfLife | undefined;
  const tree: ManagementTree = createTree(
    [
      createScepCsp({ registry, certificates, protection, scheduler, newGuid: randomUUID }),
      createNodeCacheCsp({ registry, read: (uri) => tree.execute('Get', uri).value?.data }),
      createCertificateStoreCsp(certificates),
      ...createLifecycleCsps((how) => {
        ended = how;
      }),
    ],
    scopes,
  );
  return {
    registry,
    certificates,
    protection,
    scheduler,
    tree,
    scopes,
    ended: () => ended,
    snapshot: () => {
      const restore = [registry, certificates, scheduler].map((part) => part.snapshot());
      return () => {
        for (const undo of restore) undo();
      };
    },
    /** A device that was unenrolled or wiped keeps nothing of the management. */
    settle: () => {
      if (ended === undefined) return;
      for (const { scope, uniqueId } of scheduler.list()) scheduler.remove(scope, uniqueId);
      certificates.remove(() => true);
      for (const key of ['HKLM', 'HKCU']) registry.deleteKey(key);
    },
  };
}
