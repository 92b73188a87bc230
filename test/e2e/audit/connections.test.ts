/** Where the app goes: with the settings of a deployment, everything it does asks hosts that SECURITY.md lists, and no others. */
import { createServer, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalHost, type LocalHost } from '../../../dev/host/host.js';
import { readHostJson } from '../../../dev/host/host-json.js';
import { projectRoot } from '../../../dev/project-root.js';

const page = readFileSync(join(projectRoot(), 'SECURITY.md'), 'utf8');
const section = page.slice(
  page.indexOf('\n## What it connects to'),
  page.indexOf('\n## What is not promised'),
);
const listed = section
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => /`([^`]+)`/.exec(line)?.[1] ?? '');

const isListed = (host: string): boolean =>
  listed.some((name) => (name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name));

/** Hosts beyond this machine that something tried to reach; each attempt fails as if there were no network. */
const asked = new Set<string>();
let identity: Server;
let host: LocalHost;
type Connect = (this: net.Socket, ...given: unknown[]) => net.Socket;
const socket = net.Socket.prototype as unknown as { connect: Connect };
const { connect: realConnect } = socket;
const realFetch = globalThis.fetch;
const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '::1'];

function recordConnections(): void {
  socket.connect = function (...given) {
    const [first] = given;
    const [options] = (Array.isArray(first) ? first : [first]) as [{ readonly host?: string }];
    const name = options.host ?? 'localhost';
    if (LOOPBACK.includes(name)) return realConnect.apply(this, given);
    asked.add(name);
    process.nextTick(() => this.destroy(Object.assign(new Error('no network'), { code: 'ECONNREFUSED' })));
    return this;
  };
  globalThis.fetch = (input, init) => {
    const { hostname } = new URL(input instanceof Request ? input.url : String(input));
    if (LOOPBACK.includes(hostname)) return realFetch(input, init);
    asked.add(hostname);
    return Promise.reject(new TypeError('no network'));
  };
}

/** A managed identity that gives a token for whatever it is asked: so that the app goes on to whom it is for. */
async function startIdentity(): Promise<string> {
  const claims = Buffer.from(JSON.stringify({ roles: [], tid: 't' })).toString('base64url');
  const token = `eyJhbGciOiJub25lIn0.${claims}.x`;
  identity = createServer((_request, response) => {
    const expires = Math.floor(Date.now() / 1000) + 86_400;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: token, expires_on: String(expires), token_type: 'Bearer' }));
  }).listen(0, '127.0.0.1');
  await once(identity, 'listening');
  return `http://127.0.0.1:${(identity.address() as AddressInfo).port}/msi/token`;
}

beforeAll(async () => {
  const endpoint = await startIdentity();
  recordConnections();
  host = await startLocalHost({
    bundle: join(projectRoot(), 'dist', 'functions', 'main.cjs'),
    hostJson: readHostJson(join(projectRoot(), 'host.json')),
    port: 0,
    log: () => undefined,
    environment: {
      WEBSITE_HOSTNAME: 'contoso.azurewebsites.net',
      IDENTITY_ENDPOINT: endpoint,
      IDENTITY_HEADER: 'x',
      SKEP_KEYS: 'vault',
      SKEP_VAULT_URL: 'https://contoso.vault.azure.net',
      SKEP_TABLES_URL: 'https://contoso.table.core.windows.net',
      SKEP_BLOBS_URL: 'https://contoso.blob.core.windows.net',
      SKEP_TENANT_ID: '66666666-7777-8888-9999-000000000000',
      SKEP_API_AUDIENCE: 'api://skep',
      SKEP_DIRECTORY: 'on',
      SKEP_STATIC_CHALLENGE: 'x',
    },
  });
});
afterAll(async () => {
  socket.connect = realConnect;
  globalThis.fetch = realFetch;
  await host.close();
  identity.close();
});

const PATHS = [
  '/',
  '/health',
  '/log/head',
  '/crl/ca.crl',
  '/ca/ca.cer',
  '/ocsp/MEowSDBGMEQwQjAJBgUrDgMCGgUABBQ',
  '/certsrv/mscep/mscep.dll?operation=GetCACaps',
  '/certsrv/mscep/mscep.dll?operation=GetCACert',
  '/static?operation=PKIOperation&message=AAAA',
];
const TIMERS = [
  'timer-crl',
  'timer-directory',
  'timer-expiry',
  'timer-intune-revocations',
  'timer-issuance-log',
  'timer-outbox',
  'timer-purge',
  'timer-ra-renewal',
  'timer-sweep',
];

describe('the app', () => {
  it('asks no host that SECURITY.md does not list', async () => {
    await Promise.all(PATHS.map(async (path) => (await fetch(host.url + path)).arrayBuffer()));
    const token = `eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.${Buffer.from('{}').toString('base64url')}.AAAA`;
    for (const path of ['/manage/certificates/4A0F', '/validation']) {
      const headers = { authorization: `Bearer ${token}` };
      await (
        await fetch(host.url + path, { headers, method: path === '/validation' ? 'POST' : 'GET' })
      ).text();
    }
    await Promise.allSettled(TIMERS.map((timer) => host.invokeTimer(timer)));

    expect([...asked].filter((name) => !isListed(name))).toEqual([]);
    // It did try: what it would have been told of next, Intune's own services, it cannot know without Graph.
    expect([...asked].sort()).toEqual([
      'contoso.blob.core.windows.net',
      'contoso.table.core.windows.net',
      'graph.microsoft.com',
      'login.microsoftonline.com',
    ]);
  });
});
