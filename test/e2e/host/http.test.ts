import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalHost } from '../../../dev/host/host.js';
import type { HostLogEntry } from '../../../dev/host/host-log.js';
import { bundleFixture } from '../../support/host-fixture/bundle.js';
import { requestText, sendRaw } from '../../support/host-fixture/raw-http.js';
import { startFixture } from '../../support/host-fixture/start.js';

let appDir: string;
let host: LocalHost;
let logged: HostLogEntry[];

beforeAll(async () => {
  appDir = await bundleFixture();
  ({ host, logged } = await startFixture(appDir, {
    environment: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '100000' },
  }));
});
afterAll(() => host.close());

interface Shown {
  method: string;
  url: string;
  params: Record<string, string>;
  query: [string, string][];
  headers: Record<string, string>;
}
const show = async (path: string, init?: RequestInit): Promise<Shown> => {
  const response = await fetch(host.url + path, init);
  expect(response.status).toBe(200);
  return (await response.json()) as Shown;
};
const status = async (path: string, init?: RequestInit) => (await fetch(host.url + path, init)).status;
const statusLine = (answer: string) => answer.slice(0, answer.indexOf('\r\n'));

describe('routing', () => {
  it('ignores the case of literals and keeps that of values', async () => {
    expect((await show('/CertSrv/MSCEP/mscep.dll/PkiClient.exe')).params).toEqual({ rest: 'PkiClient.exe' });
    expect((await show('/people/%41da%20L')).params).toEqual({ name: 'Ada L' });
    expect((await show('/crl/Root%2B1.crl/')).params).toEqual({ name: 'Root+1' });
  });

  it('lets a catch-all and an optional parameter be empty', async () => {
    expect((await show('/certsrv/mscep/mscep.dll')).params).toEqual({});
    expect((await show('/certsrv/mscep/mscep.dll/')).params).toEqual({});
    expect((await show('/people')).params).toEqual({});
  });

  it('tries routes by function name, without preferring literals', async () => {
    expect(await (await fetch(`${host.url}/overlap/literal`)).text()).toBe('parameter');
  });

  it('answers 404, empty, to what no route takes', async () => {
    expect(await status('/unheard/of')).toBe(404);
    expect(await status('/items/x')).toBe(404);
    expect(await status('/echo', { method: 'PUT' })).toBe(404);
    expect(await status('/echo', { method: 'HEAD' })).toBe(404);
    expect(await (await fetch(`${host.url}/unheard/of`)).text()).toBe('');
  });

  it('answers HEAD where HEAD is registered', async () => {
    const response = await fetch(`${host.url}/headed`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '42']);
  });
});

describe('the request that a function sees', () => {
  it('has the URL as it was sent, and the query as ASP.NET reads it', async () => {
    const shown = await show('/echo?message=a+b%2Bc&x=1&x=2&empty=');
    expect(shown.url).toBe(`${host.url}/echo?message=a+b%2Bc&x=1&x=2&empty=`);
    expect(shown.query).toEqual([
      ['message', 'a b+c'],
      ['x', '1,2'],
      ['empty', ''],
    ]);
  });

  it('has its headers in lower case, repeats joined, empty ones kept', async () => {
    const answer = await sendRaw(
      host.port,
      requestText('GET /echo HTTP/1.1', ['X-Twice: a', 'x-twice: b', 'X-Empty:', '__proto__: odd']),
    );
    const shown = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as Shown;
    expect(shown.headers['x-twice']?.replaceAll(' ', '')).toBe('a,b');
    expect(shown.headers['x-empty']).toBe('');
    expect(shown.headers['host']).toBe('localhost');
  });

  it('knows absolute targets, HTTP/1.0 without a Host, and no others', async () => {
    const absolute = await sendRaw(host.port, requestText('GET http://localhost/text HTTP/1.1'));
    expect(statusLine(absolute)).toBe('HTTP/1.1 200 OK');
    expect(statusLine(await sendRaw(host.port, 'GET /echo HTTP/1.0\r\n\r\n'))).toBe('HTTP/1.1 200 OK');
    expect(statusLine(await sendRaw(host.port, requestText('GET text HTTP/1.1')))).toMatch(/ 400 /);
    const userInfo = 'GET /echo HTTP/1.1\r\nHost: a:b@c\r\nConnection: close\r\n\r\n';
    expect(statusLine(await sendRaw(host.port, userInfo))).toMatch(/ 400 /);
  });
});

describe('bodies', () => {
  it.each(['application/x-pki-message', 'text/plain', 'application/json', undefined])(
    'go both ways as bytes (%s)',
    async (type) => {
      const bytes = randomBytes(90_000);
      const headers: Record<string, string> = type ? { 'content-type': type } : {};
      const response = await fetch(`${host.url}/bytes`, { method: 'POST', body: bytes, headers });
      expect(response.headers.get('content-length')).toBe('90000');
      expect(response.headers.get('content-type')).toBeNull();
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    },
  );

  it('arrive empty when they are sent in chunks', async () => {
    const chunked = requestText(
      'POST /bytes HTTP/1.1',
      ['Transfer-Encoding: chunked'],
      '3\r\nabc\r\n0\r\n\r\n',
    );
    const answer = await sendRaw(host.port, chunked);
    expect(statusLine(answer)).toBe('HTTP/1.1 200 OK');
    expect(answer).toMatch(/content-length: 0\r\n/i);
  });

  it('end at the limit of FUNCTIONS_REQUEST_BODY_SIZE_LIMIT', async () => {
    expect(await status('/bytes', { method: 'POST', body: Buffer.alloc(100_000) })).toBe(200);
    expect(await status('/bytes', { method: 'POST', body: Buffer.alloc(100_001) })).toBe(413);
  });

  it('are asked for only when they will be read (Expect: 100-continue)', async () => {
    const head = (length: number) =>
      requestText('POST /bytes HTTP/1.1', ['Expect: 100-continue', `Content-Length: ${length}`]);
    expect(statusLine(await sendRaw(host.port, `${head(3)}abc`))).toBe('HTTP/1.1 100 Continue');
    expect(statusLine(await sendRaw(host.port, head(200_000)))).toMatch(/ 413 /);
  });
});

describe('answers', () => {
  it('carry Content-Length and the type of text', async () => {
    const response = await fetch(`${host.url}/text`);
    expect(response.headers.get('content-length')).toBe('5');
    expect(response.headers.get('content-type')).toBe('text/plain;charset=UTF-8');
  });

  it('are 204 for a function that returns nothing', async () => {
    const response = await fetch(`${host.url}/nothing`);
    expect([response.status, response.headers.get('content-length')]).toEqual([204, null]);
  });

  it('are 500, empty and logged, for a function that throws', async () => {
    const response = await fetch(`${host.url}/throws`);
    expect([response.status, await response.text()]).toEqual([500, '']);
    const entry = logged.find(({ functionName }) => functionName === 'throws');
    expect(entry).toMatchObject({ level: 'error', category: 'host' });
    expect(entry?.message).toContain('on purpose');
  });

  it('are 500 when the Content-Length is not that of the body', async () => {
    expect(await status('/wrong-length')).toBe(500);
    expect(logged.find(({ functionName }) => functionName === 'wrong-length')?.message).toContain(
      'Content-Length is 5, the body has 4 bytes',
    );
  });

  it('carry cookies', async () => {
    expect((await fetch(`${host.url}/cookie`)).headers.getSetCookie()).toEqual([
      'a=1; max-age=60; path=/; secure; samesite=strict; httponly',
      'b=x%20y; expires=Fri, 02 Jan 1970 00:00:00 GMT',
    ]);
  });
});

describe('the request line', () => {
  const lineOf = (bytes: number) => {
    const fixed = 'GET /text?x= HTTP/1.1\r\n'.length;
    return `GET /text?x=${'a'.repeat(bytes - fixed)} HTTP/1.1`;
  };

  it.each([
    [8192, 200],
    [8193, 414],
    [40_000, 414],
  ])('of %i bytes is answered %i', async (bytes, expected) => {
    const answer = await sendRaw(host.port, requestText(lineOf(bytes)));
    expect(statusLine(answer)).toContain(` ${expected} `);
  });
});

describe('logs', () => {
  it('carry level, function and invocation', async () => {
    const invocationId = (await (await fetch(`${host.url}/logs`)).json()) as string;
    const common = { category: 'user', functionName: 'logs', invocationId };
    expect(logged.filter((entry) => entry.invocationId === invocationId)).toEqual([
      { ...common, level: 'information', message: 'first { n: 1 }' },
      { ...common, level: 'warning', message: 'second' },
      { ...common, level: 'error', message: 'third' },
    ]);
  });
});

describe('keys', () => {
  it('are not asked for by default', async () => {
    expect(await status('/locked')).toBe(200);
  });

  it('open functions above anonymous, and /admin, when they are enforced', async () => {
    const guarded = await startFixture(appDir, { enforceKeys: true });
    const { url, masterKey } = guarded.host;
    const key = { 'x-functions-key': masterKey };
    const statusOf = async (path: string, init?: RequestInit) => (await fetch(url + path, init)).status;
    try {
      expect(await statusOf('/text')).toBe(200);
      expect(await statusOf('/locked')).toBe(401);
      expect(await statusOf('/locked', { headers: { 'x-functions-key': `${masterKey}x` } })).toBe(401);
      expect(await statusOf('/locked', { headers: key })).toBe(200);
      expect(await statusOf(`/locked?Code=${masterKey}`)).toBe(200);
      expect(await statusOf('/admin/functions/tick', { method: 'POST' })).toBe(401);
      expect(await statusOf('/admin/functions/tick', { method: 'POST', headers: key })).toBe(202);
    } finally {
      await guarded.host.close();
    }
  });
});

describe('hooks', () => {
  it('wrap the handler, rescue its failure, change its log lines', async () => {
    const hooked = await startFixture(appDir, { environment: { FIXTURE_HOOKS: 'yes' } });
    try {
      const response = await fetch(`${hooked.host.url}/throws`);
      expect([response.status, await response.text()]).toEqual([418, 'rescued throws']);
      expect(hooked.logged.map(({ message }) => message)).toContain('BEFORE');
    } finally {
      await hooked.host.close();
    }
  });
});
