/** @module The Intune simulator as one value: Entra, Graph and Intune behind one loopback port. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../lib/base/clock.js';
import { silentLogger, type Logger } from '../../lib/base/log.js';
import { createDeployment, mintChallenge, type MintedChallenge } from './challenge/mint.js';
import type { MutationName } from './challenge/mutations.js';
import { DeploymentError } from './challenge/variables.js';
import { createClock, type SimulatorClock } from './clock.js';
import { createControl } from './control/control.js';
import { createTokenAuthority } from './entra/tokens.js';
import { createFaultBook, type FaultBook } from './faults.js';
import { createListener } from './http/listener.js';
import { createProduction, notFound } from './production.js';
import { createRelocation } from './relocation.js';
import { defaultSeed, type Seed } from './seed.js';
import type { Service } from './service.js';
import { createState, type SimulatorState } from './state.js';
import { createDmServer, type DmServer } from './syncml/dm-server.js';
import { handleSyncMl } from './syncml/endpoint.js';
import { runSession, type DeviceReport, type Session } from './sync/session.js';

export interface IntuneSimulatorOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** A loopback address; default 127.0.0.1. */
  readonly address?: string;
  /** Default: {@link defaultSeed}. */
  readonly seed?: Seed;
  /** Whether `/_sim/` answers; default true. It can do everything, so only on loopback. */
  readonly control?: boolean;
  /**
   * What tokens expire by; default: the simulator's clock. An app that stays in real time keeps its tokens for hours, and
   * they must still count when Intune's clock has been moved by months.
   */
  readonly tokenClock?: Clock;
  /** Default: silent. Gets no challenge, token or request. */
  readonly log?: Logger;
}

export interface IntuneSimulator {
  /** Without a slash at its end. Authority host, Graph base and, through discovery, Intune. */
  readonly url: string;
  readonly state: SimulatorState;
  readonly clock: SimulatorClock;
  readonly faults: FaultBook;
  /** Makes a challenge as a deployment would, spoiled if asked. @throws {DeploymentError} */
  mintChallenge(deviceId: string, profileId: string, mutation?: MutationName): Promise<MintedChallenge>;
  /** Runs one MDM session. @throws {DeploymentError} when the device is unknown or does not sync any more. */
  syncDevice(deviceId: string, report?: DeviceReport): Promise<Session>;
  /** The MDM gateway, for devices of the same process; others post SyncML to it. */
  readonly dm: DmServer;
  /** Stops at once; open connections are cut. */
  close(): Promise<void>;
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** Starts the simulator and resolves when it listens. @throws {RangeError} when `address` is not loopback. */
export async function startIntuneSimulator({
  port = 0,
  address = '127.0.0.1',
  seed = defaultSeed(),
  control = true,
  tokenClock,
  log = silentLogger,
}: IntuneSimulatorOptions = {}): Promise<IntuneSimulator> {
  if (!LOOPBACK.has(address)) throw new RangeError('the Intune simulator binds to loopback alone');
  const clock = createClock();
  const relocation = createRelocation();
  const service: Service = {
    state: await createState(seed),
    clock,
    tokens: await createTokenAuthority(tokenClock ?? clock),
    faults: createFaultBook(relocation),
    relocation,
  };
  const production = createProduction(service);
  const dm = createDmServer(service);
  const controls = control ? createControl(service, seed) : undefined;
  const server = createListener(
    async (request) => {
      const answer = request.path.startsWith('/_sim/')
        ? await controls?.(request)
        : ((await handleSyncMl(dm, request)) ?? (await production(request)));
      log.debug('call', { method: request.method, path: request.path, status: statusOf(answer) });
      return answer ?? notFound;
    },
    (cause) => {
      log.error('fault', { reason: cause instanceof Error ? cause.message : 'unknown' });
    },
  );
  server.listen(port, address);
  await once(server, 'listening');
  const host = address.includes(':') ? `[${address}]` : address;

  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    state: service.state,
    clock,
    faults: service.faults,
    mintChallenge: async (deviceId, profileId, mutation) => {
      const device = service.state.devices.get(deviceId);
      const profile = service.state.profiles.get(profileId);
      if (!device || !profile) throw new DeploymentError('the device or the profile is not known');
      return mintChallenge(service.state, clock, createDeployment(service.state, profile, device), mutation);
    },
    syncDevice: (deviceId, report) => runSession(service, deviceId, report),
    dm,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function statusOf(answer: { readonly status: number } | 'reset' | undefined): number | 'reset' {
  if (answer === undefined) return notFound.status;
  return answer === 'reset' ? answer : answer.status;
}
