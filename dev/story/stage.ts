/** @module The stage: a local cloud, a front door, one Windows device, and a recorder that sees what passes between them. */
import { createWindowsClient, type WindowsClient } from '../devices/omadm/client.js';
import type { HostLog } from '../host/host-log.js';
import type { CallRecord } from '../intune/model.js';
import { SEED_IDS } from '../intune/seed.js';
import { startLocalCloud, type LocalCloud } from '../local-cloud.js';
import type { Fetch } from '../scep-client/index.js';
import { createHttpExchange } from '../syncml/http-exchange.js';
import { MANAGEMENT_PATH } from '../syncml/management-path.js';
import type { DmExchange } from '../syncml/message.js';
import { describeMessage, deviceHeadline, serverHeadline, showXml } from './describe-message.js';
import { openFrontDoor, type FrontDoor } from './front-door.js';
import { createRecorder, type Entry, type Recorder } from './recorder.js';
import { describeChanges } from './registry-changes.js';
import { tellEvent, tellTask } from './tell-device.js';

export interface Stage {
  readonly cloud: LocalCloud;
  readonly frontDoor: FrontDoor;
  readonly device: WindowsClient;
  readonly recorder: Recorder;
  /** The device syncs; what Intune decides and what changes on the device is told. */
  readonly sync: () => Promise<void>;
  /** The device's tasks run to their end. */
  readonly runTasks: () => Promise<void>;
  /** Moves Intune's and the device's clock. */
  readonly advance: (durationMs: number) => void;
  readonly close: () => Promise<void>;
}

/** @throws {Error} when the local cloud does not come up. */
export async function setStage(dataDir: string): Promise<Stage> {
  const serverLines: string[] = [];
  const log: HostLog = ({ category, message }) => {
    if (category === 'user') serverLines.push(message);
  };
  const environment = { ...process.env, SKEP_LOG_LEVEL: 'debug' };
  const cloud = await startLocalCloud({ port: 0, simulatorPort: 0, dataDir, environment, log });
  const { simulator } = cloud;
  const frontDoor = await openFrontDoor(new URL(cloud.ready.scep.intune).origin);
  const profile = simulator.state.profiles.get(SEED_IDS.profile);
  if (profile) profile.serverUrls = [`${frontDoor.url}${new URL(cloud.ready.scep.intune).pathname}`];

  const recorder = createRecorder(simulator.clock);
  const sent = new Map<string, Entry>();
  const device = createWindowsClient({
    deviceId: SEED_IDS.device,
    simulatorUrl: simulator.url,
    exchange: recordExchange(recorder, createHttpExchange({ url: `${simulator.url}${MANAGEMENT_PATH}` })),
    fetch: recordFetch(recorder),
    clock: simulator.clock,
    sleep: (delayMs) => {
      simulator.clock.advance(delayMs);
      return Promise.resolve();
    },
    onEvent: (event) => {
      const draft = tellEvent(event);
      const entry = draft && recorder.add(draft);
      if (entry && event.type === 'request-sent') sent.set(event.transactionId, entry);
    },
    onTask: (change, task) => recorder.add(tellTask(change, task)),
  });

  /** The journal is written when the answer is out, so it may come a moment later. */
  async function tellServerSteps(): Promise<void> {
    for (const [transactionId, entry] of sent) {
      const isOfIt = (line: string) => line.startsWith('Journal') && line.includes(transactionId);
      for (let waits = 0; waits < 100 && !serverLines.some(isOfIt); waits++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      const line = serverLines.find(isOfIt);
      const told = line === undefined ? entry : tellJournal(recorder, entry, line, serverLines);
      tellIntuneCalls(recorder, told, simulator.state.calls, transactionId);
    }
    sent.clear();
  }

  /** Runs an act and tells what it changed in the registry. */
  async function watchRegistry(act: () => Promise<void>): Promise<void> {
    const before = device.registry().list();
    await act();
    const changes = describeChanges(before, device.registry().list());
    if (changes.length > 0)
      recorder.add({
        actor: 'device',
        kind: 'registry',
        title: 'What is now in the registry',
        facts: changes,
      });
  }

  return {
    cloud,
    frontDoor,
    device,
    recorder,
    sync: () =>
      watchRegistry(async () => {
        await device.sync();
      }),
    runTasks: () =>
      watchRegistry(async () => {
        await device.runTasks();
        await tellServerSteps();
      }),
    advance: (durationMs) => {
      simulator.clock.advance(durationMs);
    },
    close: async () => {
      await frontDoor.close();
      await cloud.close();
    },
  };

  function recordExchange(story: Recorder, exchange: DmExchange): DmExchange {
    return async (message) => {
      story.add({
        actor: 'device',
        kind: 'syncml',
        title: deviceHeadline(message),
        facts: describeMessage(message),
        xml: showXml(message),
      });
      const decidedBefore = simulator.dm.lastSession(device.deviceId);
      const answer = await exchange(message);
      const session = simulator.dm.lastSession(device.deviceId);
      if (session && session !== decidedBefore)
        story.add({
          actor: 'intune',
          kind: 'step',
          title: 'Intune decides',
          facts: session.decisions.map(({ action, reason, ...rest }) =>
            [action, `because: ${reason}`, 'uniqueId' in rest ? rest.uniqueId : '']
              .filter(Boolean)
              .join(', '),
          ),
        });
      story.add({
        actor: 'intune',
        kind: 'syncml',
        title: serverHeadline(answer),
        facts: describeMessage(answer),
        xml: showXml(answer),
      });
      return answer;
    };
  }
}

function recordFetch(recorder: Recorder): Fetch {
  return async (url, init) => {
    const started = performance.now();
    const { pathname, search } = new URL(url);
    const answer = await fetch(url, init);
    const elapsed = `${(performance.now() - started).toFixed(0)} ms`;
    recorder.add({
      actor: 'device',
      kind: 'http',
      title: `${init.method ?? 'GET'} ${pathname}${search} → ${answer.status}`,
      facts: [`${answer.headers.get('content-type') ?? 'no content type'}, ${elapsed}`],
      ...(answer.status === 200 ? {} : { tone: 'bad' as const }),
    });
    return answer;
  };
}

/** What the CA asked of Intune for one request. */
function tellIntuneCalls(
  recorder: Recorder,
  after: Entry,
  calls: readonly CallRecord[],
  transactionId: string,
): void {
  const facts = calls
    .filter((call) => call.transactionId === transactionId)
    .map(({ endpoint, status, code }) => `${endpoint}: HTTP ${status}, ${code ?? 'no code'}`);
  if (facts.length > 0)
    recorder.add({ actor: 'intune', kind: 'step', title: 'Intune answers the CA', facts }, after);
}

function tellJournal(recorder: Recorder, after: Entry, line: string, log: readonly string[]): Entry {
  const [, steps = ''] = /steps="([^"]*)"/.exec(line) ?? [];
  const [, result = ''] = /outcome=(\S+)/.exec(line) ?? [];
  const [, serialNumber] = /serialNumber=(\S+)/.exec(line) ?? [];
  const issued = log.find(
    (candidate) =>
      serialNumber !== undefined &&
      candidate.startsWith(`Issued a certificate with serial number ${serialNumber}`),
  );
  return recorder.add(
    {
      actor: 'ca',
      kind: 'step',
      title: `The CA, step by step: ${result}`,
      facts: [...steps.split(', '), ...(issued ? [issued.split(' endpoint=')[0] ?? ''] : [])],
    },
    after,
  );
}
