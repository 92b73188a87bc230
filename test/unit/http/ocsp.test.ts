import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BasicOCSPResponse, Certificate, CryptoEngine, OCSPResponse, setEngine } from 'pkijs';
import { beforeAll, describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { createOcspHandler, parseOcspPath } from '../../../lib/http/ocsp.js';
import { octetString } from '../../../lib/pki/der.js';
import { createOcspResponder, type OcspAnswer } from '../../../lib/revocation/ocsp-responder.js';
import { createResponderKeys } from '../../../lib/revocation/responder-key.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { respondingWeb } from '../../../dev/web-response.js';
import { encodeCertId, encodeOcspRequest } from '../../support/ocsp-request.js';
import { temporaryFolder } from '../../support/openssl.js';
import { serve } from '../../support/serve.js';
import { testAuthority, type TestAuthority } from '../../support/test-authority.js';
import { createTestClock, createTestLogger, deliver, revoke } from '../revocation/fixtures.js';

const run = promisify(execFile);
let ca: TestAuthority;

beforeAll(async () => {
  ca = await testAuthority('rsa');
  setEngine('node', new CryptoEngine({ crypto: globalThis.crypto, name: 'node' }));
});

function setUp() {
  const clock = createTestClock();
  const { logger } = createTestLogger();
  const store = createMemoryStore();
  const state = { down: false };
  const responder = createOcspResponder({
    authority: ca.source,
    certificates: {
      get: (serialNumber) =>
        state.down
          ? Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE', { retryAfterSeconds: 7 }))
          : store.get(serialNumber),
    },
    responderKeys: createResponderKeys({ clock, logger, random: randomBytes }),
    clock,
    logger,
  });
  const handler = createOcspHandler(responder, clock);
  return { clock, store, state, handle: respondingWeb(handler), handler };
}

const requestFor = (serialNumber: string, nonce?: Uint8Array) =>
  encodeOcspRequest([encodeCertId(ca.authority.issuer.certificate, serialNumber)], nonce);

const get = (der: Uint8Array, headers: Record<string, string> = {}) =>
  new Request(`http://skep.test/ocsp/${encodeURIComponent(Buffer.from(der).toString('base64'))}`, {
    headers,
  });

const post = (body: Uint8Array, headers: Record<string, string> = {}) =>
  new Request('http://skep.test/ocsp', { method: 'POST', body: Buffer.from(body), headers });

/** What pkijs makes of an answer: 0 good, 1 revoked, 2 unknown; and whether the signature holds. */
async function readByPkijs(response: Response, certificate: Uint8Array) {
  const parsed = OCSPResponse.fromBER(await response.arrayBuffer());
  const inner = parsed.responseBytes?.response.valueBlock.valueHexView ?? [];
  const basic = BasicOCSPResponse.fromBER(Uint8Array.from(inner));
  const issuer = Certificate.fromBER(Uint8Array.from(ca.authority.issuer.certificate));
  const asked = Certificate.fromBER(Uint8Array.from(certificate));
  const { status } = await basic.getCertificateStatus(asked, issuer);
  return { status, verified: await basic.verify({ trustedCerts: [issuer] }) };
}

describe('OCSP by POST', () => {
  it('satisfies the client of openssl, with and without a nonce', async () => {
    const { store, handler } = setUp();
    const good = await deliver(store, ca);
    const bad = await revoke(store, ca, 'superseded');
    const url = await serve(handler);
    const folder = temporaryFolder();
    const issuer = join(folder, 'ca.pem');
    writeFileSync(issuer, ca.caPem);
    for (const extra of [[], ['-no_nonce'], ['-sha256']]) {
      const { stdout, stderr } = await run('openssl', [
        ...['ocsp', ...extra, '-url', `${url}/ocsp`, '-CAfile', issuer, '-issuer', issuer],
        ...['-serial', `0x${good.serialNumber}`, '-serial', `0x${bad.serialNumber}`, '-serial', '0x7E00'],
      ]);
      expect(stderr).toContain('Response verify OK');
      expect(stderr).not.toContain('no nonce in response');
      expect(stdout).toMatch(/: good[^]*: revoked[^]*Reason: superseded[^]*: unknown/);
    }
  });

  it('is not to be kept by caches', async () => {
    const { store, handle } = setUp();
    const response = await handle(post(requestFor((await deliver(store, ca)).serialNumber)));
    expect(response.headers.get('content-type')).toBe('application/ocsp-response');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-length')).toBe(String((await response.arrayBuffer()).byteLength));
  });

  it('refuses bodies that are large, empty or of unknown length, before it reads them', async () => {
    const { handle } = setUp();
    expect((await handle(post(Buffer.alloc(8193)))).status).toBe(413);
    expect((await handle(post(Buffer.alloc(10), { 'content-length': '9000' }))).status).toBe(413);
    expect((await handle(post(Buffer.alloc(0)))).status).toBe(400);
    expect((await handle(post(Buffer.alloc(0), { 'transfer-encoding': 'chunked' }))).status).toBe(411);
  });
});

describe('OCSP by GET', () => {
  it('satisfies pkijs, over a real socket', async () => {
    const { store, handler } = setUp();
    const good = await deliver(store, ca);
    const bad = await revoke(store, ca, 'superseded');
    const url = await serve(handler);
    const ask = ({ serialNumber, certificate }: typeof good) =>
      fetch(`${url}/ocsp/${Buffer.from(requestFor(serialNumber)).toString('base64')}`).then((response) =>
        readByPkijs(response, certificate),
      );
    expect(await ask(good)).toEqual({ status: 0, verified: true });
    expect(await ask(bad)).toEqual({ status: 1, verified: true });
  });

  it('tells caches how long to keep an answer, and not to ask again for nothing', async () => {
    const { store, clock, handle } = setUp();
    const request = requestFor((await deliver(store, ca)).serialNumber);
    const asked = clock.now();
    clock.advance(0);
    const first = await handle(get(request));
    clock.advance(10_000);
    const second = await handle(get(request));
    expect(first.headers.get('cache-control')).toBe('max-age=600, public, no-transform, must-revalidate');
    expect(second.headers.get('cache-control')).toBe('max-age=590, public, no-transform, must-revalidate');
    expect(second.headers.get('last-modified')).toBe(asked.toUTCString());
    expect(second.headers.get('expires')).toBe(new Date(asked.getTime() + 600_000).toUTCString());
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9A-F]{64}"$/);
    const third = await handle(get(request, { 'if-none-match': etag }));
    expect(third.status).toBe(304);
  });

  it.each([
    ['unknown', requestForUnknown],
    ['with a nonce', requestWithNonce],
  ])('is not to be kept when it is %s', async (_, make) => {
    const { handle } = setUp();
    const response = await handle(get(make()));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('etag')).toBeNull();
  });

  function requestForUnknown() {
    return requestFor('7E00');
  }

  function requestWithNonce() {
    return requestFor('7E00', octetString(Buffer.alloc(16)));
  }
});

describe('the request in the path', () => {
  // 0xFB 0xEF 0xBE gives `++++`, 0xFF gives `////`; one octet more gives padding.
  const der = Buffer.concat([
    Buffer.alloc(6, Buffer.from('FBEFBE', 'hex')),
    Buffer.alloc(6, 0xff),
    Buffer.of(1),
  ]);
  const base64 = der.toString('base64');

  it.each([
    ['percent-encoded', encodeURIComponent(base64)],
    ['as it is', base64],
    ['encoded twice', encodeURIComponent(encodeURIComponent(base64))],
    ['with lower-case escapes', encodeURIComponent(base64).replace(/%../g, (escape) => escape.toLowerCase())],
    ['with spaces where plus signs were', base64.replaceAll('+', '%20')],
    ['of the URL-safe alphabet', der.toString('base64url')],
    ['without padding', base64.replaceAll('=', '')],
    ['with slashes in front', `//${base64}`],
    ['with a query behind', `${base64}?x=1`],
  ])('is read %s', (_, text) => {
    expect(base64).toBe('++++++++////////AQ==');
    expect(Buffer.from(parseOcspPath(`http://skep.test/OCSP/${text}`))).toEqual(der);
    expect(Buffer.from(parseOcspPath(`http://skep.test/prefix/ocsp/${text}`))).toEqual(der);
  });

  it.each([
    '/ocsp',
    '/ocsp/',
    '/ocsp/%',
    '/ocsp/MA*A',
    '/ocsp/MA==AA',
    '/other/MAAA',
    `/ocsp/${'A'.repeat(20_000)}`,
  ])('is none: %s', (path) => {
    expect(parseOcspPath(`http://skep.test${path}`)).toHaveLength(0);
  });
});

describe('what goes wrong', () => {
  it('is malformed, and that is an answer', async () => {
    const { handle } = setUp();
    for (const request of [
      get(Buffer.from('3000', 'hex')),
      new Request('http://skep.test/ocsp'),
      post(Buffer.of(1)),
    ]) {
      const response = await handle(request);
      expect(response.status).toBe(200);
      expect(Buffer.from(await response.arrayBuffer()).toString('hex')).toBe('30030a0101');
    }
  });

  it('is an outage, with the time to come back', async () => {
    const { state, handle } = setUp();
    state.down = true;
    const response = await handle(get(requestFor('7E00')));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(Buffer.from(await response.arrayBuffer()).toString('hex')).toBe('30030a0103');
  });

  it('is our fault', async () => {
    const answer: OcspAnswer = { der: Buffer.from('30030A0102', 'hex'), status: 'internalError' };
    const responder = { respond: () => Promise.resolve(answer), invalidate: () => undefined };
    const response = await createOcspHandler(responder, createTestClock())(get(requestFor('7E00')));
    expect([response.status, response.headers['retry-after']]).toEqual([500, undefined]);
  });

  it('is asked by another method', async () => {
    const response = await setUp().handle(new Request('http://skep.test/ocsp', { method: 'PUT' }));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });
});
