import { beforeAll, describe, expect, it } from 'vitest';
import { createCrlHandler } from '../../../lib/http/crl.js';
import { createCrlPublisher } from '../../../lib/revocation/crl-publisher.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { respondingWeb } from '../../../dev/web-response.js';
import { openssl } from '../../support/openssl.js';
import { testAuthority, type TestAuthority } from '../../support/test-authority.js';
import { createTestClock, createTestLogger, createTestPublications, revoke } from '../revocation/fixtures.js';

let ca: TestAuthority;

beforeAll(async () => {
  ca = await testAuthority('ec');
});

function setUp(deltaAboveEntries = 50_000) {
  const clock = createTestClock();
  const store = createMemoryStore();
  const publications = createTestPublications(clock);
  const publisher = createCrlPublisher({
    authority: ca.source,
    revoked: store,
    publications,
    clock,
    logger: createTestLogger().logger,
    publicUrl: 'http://skep.test',
    settings: { deltaAboveEntries },
  });
  const handle = respondingWeb(createCrlHandler(publisher, clock));
  const get = (path: string, headers: Record<string, string> = {}) =>
    handle(new Request(`http://skep.test${path}`, { headers }));
  return { clock, store, publications, publisher, handle, get };
}

const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('a CRL over HTTP', () => {
  it('is made for the first who asks, and is the same under all of its names', async () => {
    const { store, get } = setUp();
    const { serialNumber } = await revoke(store, ca);
    const first = await get('/crl');
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toBe('application/pkix-crl');
    const der = await bytes(first);
    expect(openssl(['crl', '-inform', 'DER', '-noout', '-text'], der)).toContain(serialNumber);
    for (const name of [
      '/crl/',
      '/crl/ca.crl',
      `/CRL/${ca.issuerId}.CRL`,
      `/crl/${ca.issuerId.toLowerCase()}.crl`,
    ]) {
      expect(await bytes(await get(name))).toEqual(der);
    }
  });

  it('is PEM when asked for', async () => {
    const { get } = setUp();
    const response = await get('/crl/ca.pem');
    expect(response.headers.get('content-type')).toBe('application/x-pem-file');
    const text = await response.text();
    expect(openssl(['crl', '-noout', '-text'], Buffer.from(text))).toContain('No Revoked Certificates');
    expect(response.headers.get('etag')).not.toBe((await get('/crl')).headers.get('etag'));
  });

  it('is kept by caches for five minutes, no longer than it lives, and not sent twice', async () => {
    const { clock, get } = setUp();
    const first = await get('/crl');
    expect(first.headers.get('cache-control')).toMatch(/^max-age=300, public/);
    expect(first.headers.get('last-modified')).toBe(clock.now().toUTCString());
    clock.advance(23 * 3_600_000 + 59 * 60_000);
    const again = await get('/crl', { 'if-none-match': first.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
    expect(again.headers.get('cache-control')).toMatch(/^max-age=60, public/);
  });

  it('is a delta only where there is one', async () => {
    const small = setUp();
    await small.get('/crl');
    expect((await small.get('/crl/ca-delta.crl')).status).toBe(404);
    const large = setUp(0);
    await revoke(large.store, ca);
    await large.get('/crl');
    const delta = await bytes(await large.get(`/crl/${ca.issuerId}-delta.crl`));
    expect(openssl(['crl', '-inform', 'DER', '-noout', '-text'], delta)).toContain(
      'Delta CRL Indicator: critical',
    );
  });

  it.each([
    '/crl/other.crl',
    `/crl/${'AB'.repeat(32)}.crl`,
    '/crl/ca.txt',
    '/crl/../ca.crl',
    '/crl/ca.crl/x',
  ])('is not at %s', async (path) => {
    const response = await setUp().get(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  it('is unavailable while the store is away', async () => {
    const { publications, get } = setUp();
    publications.down = true;
    const response = await get('/crl');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '60']);
    expect(await response.text()).toMatch(/^ERR_STORE_UNAVAILABLE/);
  });

  it('is not posted', async () => {
    const { handle } = setUp();
    expect((await handle(new Request('http://skep.test/crl', { method: 'POST' }))).status).toBe(405);
  });
});
