/** @module The Key Vault simulator as one value: a vault behind https on a loopback port. */
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from '../../lib/base/clock.js';
import { createAuditLog, type AuditRow } from './audit-log.js';
import { createCertificateStore } from './certificates.js';
import { answerControl } from './control.js';
import { createKeyStore, type CreateKeyOptions } from './keys.js';
import { faultReply, VaultFault, type VaultReply, type VaultRequest } from './messages.js';
import { ConnectionCut, createMeter, type Meter } from './meter.js';
import { matchRoute, type MatchedRoute } from './routes.js';
import { emptyState, type VaultState } from './state.js';
import { makeTlsIdentity } from './tls.js';

export interface VaultSimulatorOptions {
  /** Default 0: any free port, always on 127.0.0.1. */
  readonly port?: number;
  /** Where keys and certificates outlive the simulator; default: nowhere. */
  readonly stateFile?: string;
  /** Default: the system's. */
  readonly clock?: Clock;
}

export interface VaultSimulator {
  /** Without a slash at its end. */
  readonly url: string;
  /** PEM: what a client has to trust. */
  readonly certificate: string;
  /** Counts, faults and the limit. */
  readonly meter: Meter;
  /** What Azure's audit log would hold, oldest first. */
  readonly auditRows: readonly AuditRow[];
  readonly state: VaultState;
  /** Makes a key as Bicep would. @returns its version. */
  createKey(name: string, options: CreateKeyOptions): string;
  /** Stops at once; open connections are cut. */
  close(): Promise<void>;
}

/** Any caller that shows a bearer token is let in; faults play the part of missing rights. */
const CHALLENGE =
  'Bearer authorization="https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000", resource="https://vault.azure.net"';

const MAX_BODY_OCTETS = 1_000_000;

export async function startVaultSimulator(options: VaultSimulatorOptions = {}): Promise<VaultSimulator> {
  const { port = 0, stateFile, clock = systemClock } = options;
  const state = stateFile && existsSync(stateFile) ? readState(stateFile) : emptyState();
  const tls = await makeTlsIdentity();
  const now = () => Math.floor(clock.now().getTime() / 1000);
  const surroundings = { state, now, url: () => url };
  const keys = createKeyStore(surroundings);
  const certificates = createCertificateStore({ ...surroundings, keys });
  const meter = createMeter(() => clock.now().getTime());
  const audit = createAuditLog(
    () => url,
    () => clock.now(),
  );
  const save = () => {
    if (stateFile) writeFileSync(stateFile, JSON.stringify(state), { mode: 0o600 });
  };

  async function answer(request: VaultRequest): Promise<VaultReply> {
    if (request.path.startsWith('/_sim/')) {
      const reply = answerControl({ keys, meter, audit: audit.rows }, request);
      save();
      return reply;
    }
    const route = matchRoute({ keys, certificates }, request);
    if (!route) throw new VaultFault(404, 'NotFound', 'The simulator does not know this call.');
    if (!request.authorization?.startsWith('Bearer ')) {
      meter.challenges++;
      throw new VaultFault(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.', {
        'WWW-Authenticate': CHALLENGE,
      });
    }
    const { reply, cutAfter } = await operate(route, request);
    if (request.method !== 'GET') save();
    if (cutAfter) throw new ConnectionCut();
    return reply;
  }

  /** Whatever becomes of it, the audit log has it; but for a connection that was cut before anything was asked. */
  async function operate(route: MatchedRoute, request: VaultRequest) {
    try {
      const { cutAfter } = await meter.pass(route.operation);
      const reply = route.run();
      audit.add(route.operation, request, reply.status);
      return { reply, cutAfter };
    } catch (thrown) {
      if (thrown instanceof VaultFault) audit.add(route.operation, request, thrown.status);
      throw thrown;
    }
  }

  const server = createServer({ cert: tls.certificate, key: tls.key }, (incoming, outgoing) => {
    void serve(incoming, outgoing, answer);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    certificate: tls.certificate,
    meter,
    auditRows: audit.rows,
    state,
    createKey(name, key) {
      const { version } = keys.create(name, key);
      save();
      return version;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const readState = (file: string): VaultState => ({
  ...emptyState(),
  ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<VaultState>),
});

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: (request: VaultRequest) => Promise<VaultReply>,
): Promise<void> {
  let reply: VaultReply;
  try {
    reply = await answer(await readRequest(incoming));
  } catch (thrown) {
    if (thrown instanceof ConnectionCut) {
      incoming.socket.destroy();
      return;
    }
    const fault =
      thrown instanceof VaultFault ? thrown : new VaultFault(500, 'InternalServerError', String(thrown));
    reply = faultReply(fault);
  }
  outgoing.writeHead(reply.status, { 'Content-Type': 'application/json; charset=utf-8', ...reply.headers });
  outgoing.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
}

async function readRequest(incoming: IncomingMessage): Promise<VaultRequest> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_OCTETS)
      throw new VaultFault(413, 'RequestEntityTooLarge', 'The body is too large.');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    method: incoming.method ?? 'GET',
    path: (incoming.url ?? '/').replace(/\?.*$/, ''),
    authorization: incoming.headers.authorization,
    clientRequestId: incoming.headers['x-ms-client-request-id']?.toString(),
    userAgent: incoming.headers['user-agent'],
    body: parseBody(text),
  };
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  if (text === '') return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new VaultFault(400, 'BadParameter', 'The body is not JSON.');
  }
}
