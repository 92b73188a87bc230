import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../../lib/base/bytes.js';
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/clock.js';
import { SkepError } from '../../../lib/base/errors.js';
import type { Authority } from '../../../lib/keys/authority.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { octetString } from '../../../lib/pki/der.js';
import { basicConstraints } from '../../../lib/pki/extensions.js';
import { createOcspResponder, type OcspSettings } from '../../../lib/revocation/ocsp-responder.js';
import { createResponderKeys } from '../../../lib/revocation/responder-key.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { encodeCertId, encodeOcspRequest } from '../../support/ocsp-request.js';
import { openssl, pem, temporaryFolder } from '../../support/openssl.js';
import {
  createTestAuthority,
  issueLeaf,
  testAuthority,
  type TestAuthority,
} from '../../support/test-authority.js';
import { createTestClock, createTestLogger, deliver, reserve, revoke, revokeRow } from './fixtures.js';

let rsa: TestAuthority;
let ec: TestAuthority;

beforeAll(async () => {
  rsa = await testAuthority('rsa');
  ec = await testAuthority('ec');
});

function setUp(ca: TestAuthority, settings: Partial<OcspSettings> = {}, authority: Authority = ca.authority) {
  const clock = createTestClock();
  const { logger, lines } = createTestLogger();
  const store = createMemoryStore();
  const state = { reads: 0, down: false };
  const responder = createOcspResponder({
    authority: () => Promise.resolve(authority),
    certificates: {
      get(serialNumber) {
        state.reads++;
        return state.down
          ? Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE', { retryAfterSeconds: 7 }))
          : store.get(serialNumber);
      },
    },
    responderKeys: createResponderKeys({ clock, logger, random: randomBytes }),
    clock,
    logger,
    settings,
  });
  const ask = (serialNumber: string, nonce?: Uint8Array) =>
    responder.respond(
      encodeOcspRequest([encodeCertId(ca.authority.issuer.certificate, serialNumber)], nonce),
    );
  return { clock, lines, store, state, responder, ask };
}

/** What openssl makes of an answer; it checks the signature, the responder's right to sign and the times. */
function readByOpenssl(
  ca: TestAuthority,
  response: Uint8Array,
  serials: readonly string[],
  request?: Uint8Array,
) {
  const folder = temporaryFolder();
  const path = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const issuer = path('ca.pem', pem(ca.authority.issuer.certificate));
  return openssl([
    ...['ocsp', '-respin', path('response.der', response), '-CAfile', issuer, '-issuer', issuer],
    // With a request given, openssl compares the nonces; otherwise it only looks the serial numbers up.
    ...(request ? ['-reqin', path('request.der', request)] : ['-no_nonce']),
    ...serials.flatMap((serial) => ['-serial', `0x${serial}`]),
  ]);
}

/** What openssl prints about the responder's answer, as text. */
function textOf(response: Uint8Array): string {
  const folder = temporaryFolder();
  const path = join(folder, 'response.der');
  writeFileSync(path, response);
  return openssl(['ocsp', '-respin', path, '-noverify', '-resp_text']);
}

describe.each(['rsa', 'ec'] as const)('the OCSP responder of an %s CA', (kind) => {
  it('agrees with the store in every state, as openssl reads it', async () => {
    const ca = kind === 'rsa' ? rsa : ec;
    const { store, ask } = setUp(ca);
    const abandoned = await reserve(store, ca);
    await store.abandon(abandoned.record, new Date('2026-02-03T04:05:06Z'));
    const issued = await reserve(store, ca);
    await store.markIssued(issued.record, issued.certificate, new Date('2026-02-03T04:05:06Z'));
    const expected: [string, string][] = [
      ['7E00', 'unknown'],
      [(await reserve(store, ca)).serialNumber, 'unknown'],
      [issued.serialNumber, 'good'],
      [(await deliver(store, ca)).serialNumber, 'good'],
      [(await revoke(store, ca, 'unspecified')).serialNumber, 'revoked'],
      [(await revoke(store, ca, 'keyCompromise')).serialNumber, 'revoked.*Reason: keyCompromise'],
      [(await revoke(store, ca, 'certificateHold')).serialNumber, 'revoked.*Reason: certificateHold'],
      [abandoned.serialNumber, 'revoked'],
    ];
    for (const [serial, status] of expected) {
      const answer = await ask(serial);
      expect(answer.status).toBe('successful');
      const told = readByOpenssl(ca, answer.der, [serial]).replaceAll('\n', ' ');
      expect(told).toContain('Response verify OK');
      expect(told).toMatch(new RegExp(`0x${serial}: ${status}`, 'i'));
      if (status.startsWith('revoked')) expect(told).toContain('Revocation Time: Feb  3 04:05:06 2026 GMT');
    }
  });
});

describe('the OCSP responder', () => {
  it('answers several certificates in one response, and repeats the nonce', async () => {
    const { store, responder } = setUp(ec);
    const good = await deliver(store, ec);
    const bad = await revoke(store, ec);
    const issuer = ec.authority.issuer.certificate;
    const certIds = [good, bad].map(({ serialNumber }, index) =>
      encodeCertId(issuer, serialNumber, index === 0 ? 'sha256' : 'sha1'),
    );
    const request = encodeOcspRequest(certIds, octetString(Buffer.alloc(32, 0x5a)));
    const { der, cacheable } = await responder.respond(request);
    expect(cacheable).toBeUndefined();
    const text = textOf(der);
    expect(text).toMatch(
      /Hash Algorithm: sha256[^]*Cert Status: good[^]*Hash Algorithm: sha1[^]*Cert Status: revoked/,
    );
    expect(text).toContain(`0420${'5A'.repeat(32)}`);
    expect(readByOpenssl(ec, der, [], request)).not.toContain('Nonce Verify error');
  });

  it('names itself by key, sends its certificate, and writes whole seconds', async () => {
    const { store, ask } = setUp(ec);
    const text = textOf((await ask((await deliver(store, ec)).serialNumber)).der);
    expect(text).toMatch(/Responder Id: [0-9A-F]{40}\n/);
    expect(text).toMatch(/Subject: CN ?= ?Skep OCSP/);
    expect(text).not.toMatch(/\d\d:\d\d:\d\d\.\d/);
  });

  it('calls our own certificates good: the CA that signed itself, the RA, the responder', async () => {
    const { state, ask } = setUp(ec);
    const [ra] = ec.authority.recipients;
    const { der } = await ask('7E00');
    const responder =
      /Serial Number:\s+([0-9a-f:]+)\s+Signature Algorithm[^]*Skep OCSP/.exec(textOf(der))?.[1] ?? '';
    state.reads = 0;
    const own = [
      parseCertificate(ec.authority.issuer.certificate).serialNumber,
      parseCertificate(ra.certificate).serialNumber,
      responder.replaceAll(':', '').toUpperCase(),
    ];
    for (const serial of own)
      expect(readByOpenssl(ec, (await ask(serial)).der, [serial])).toContain(': good');
    expect(state.reads).toBe(0);
  });

  it('does not speak for the CA above it, which alone knows about our certificate', async () => {
    const root = await createTestAuthority('ec', 'ra', 'CN=Root');
    const rootCertificate = root.authority.issuer.certificate;
    const certificate = await issueLeaf(root.authority.issuer, {
      subject: 'CN=Skep Test EC CA,O=Skep',
      publicKey: ec.authority.issuer.signer.publicKey,
      extensions: [basicConstraints({ ca: true })],
    });
    const { serialNumber } = parseCertificate(certificate);
    const subordinate: Authority = {
      ...ec.authority,
      issuer: { ...ec.authority.issuer, certificate },
      chain: [rootCertificate],
    };
    const { responder, ask } = setUp(ec, {}, subordinate);
    const request = encodeOcspRequest([encodeCertId(rootCertificate, serialNumber)]);
    expect((await responder.respond(request)).status).toBe('unauthorized');
    expect(textOf((await ask(serialNumber)).der)).toContain('Cert Status: unknown');
    const [ra] = ec.authority.recipients;
    expect(textOf((await ask(parseCertificate(ra.certificate).serialNumber)).der)).toContain(
      'Cert Status: good',
    );
  });

  it('calls the RA good for the CA that issued it, and not for one before it of the same name', async () => {
    const before = await createTestAuthority('ec', 'ra', 'CN=Skep Test EC CA,O=Skep');
    const { responder, ask } = setUp(ec, {}, { ...ec.authority, former: [before.authority.issuer] });
    const [ra] = ec.authority.recipients;
    const { serialNumber } = parseCertificate(ra.certificate);
    const request = encodeOcspRequest([encodeCertId(before.authority.issuer.certificate, serialNumber)]);
    expect(textOf((await responder.respond(request)).der)).toContain('Cert Status: unknown');
    expect(textOf((await ask(serialNumber)).der)).toContain('Cert Status: good');
  });

  it('is unauthorized where all is foreign, and unknowing where some is', async () => {
    const { store, responder, state } = setUp(ec);
    const { serialNumber } = await deliver(store, ec);
    const foreign = encodeCertId(rsa.authority.issuer.certificate, serialNumber);
    const ours = encodeCertId(ec.authority.issuer.certificate, serialNumber);
    expect((await responder.respond(encodeOcspRequest([foreign, foreign]))).status).toBe('unauthorized');
    expect(state.reads).toBe(0);
    const text = textOf((await responder.respond(encodeOcspRequest([foreign, ours]))).der);
    expect(text).toMatch(/Cert Status: unknown[^]*Cert Status: good/);
  });

  it('needs name and key of the issuer to match', async () => {
    const twin = await createTestAuthority('ec', 'ra', 'CN=Skep Test EC CA,O=Skep');
    const { responder } = setUp(ec);
    const request = encodeOcspRequest([encodeCertId(twin.authority.issuer.certificate, '4F')]);
    expect((await responder.respond(request)).status).toBe('unauthorized');
  });

  it('refuses what is malformed', async () => {
    const { responder } = setUp(ec);
    const { der, status } = await responder.respond(Buffer.from('3000', 'hex'));
    expect([status, toHex(der)]).toEqual(['malformedRequest', '30030A0101']);
  });

  it('asks to come again while the store is away, and keeps what it knows', async () => {
    const { store, state, ask, clock } = setUp(ec);
    const known = await deliver(store, ec);
    await ask(known.serialNumber);
    state.down = true;
    expect(await ask('7E00')).toMatchObject({ status: 'tryLater', retryAfterSeconds: 7 });
    expect((await ask(known.serialNumber)).status).toBe('successful');
    clock.advance(MINUTE_MS);
    expect(toHex((await ask(known.serialNumber)).der)).toBe('30030A0103');
  });

  it('says that something is wrong inside when it is', async () => {
    const clock = createTestClock();
    const { logger, lines } = createTestLogger();
    const responder = createOcspResponder({
      authority: () => Promise.reject(new SkepError('ERR_AUTHORITY_MISSING')),
      certificates: createMemoryStore(),
      responderKeys: createResponderKeys({ clock, logger, random: randomBytes }),
      clock,
      logger,
    });
    const { certificate } = ec.authority.issuer;
    const answer = await responder.respond(encodeOcspRequest([encodeCertId(certificate, '4F')]));
    expect(toHex(answer.der)).toBe('30030A0102');
    expect(lines.some((line) => line.startsWith('error') && line.includes('ERR_AUTHORITY_MISSING'))).toBe(
      true,
    );
  });

  it('repeats an answer for a minute, but never across a change, and never with a nonce', async () => {
    const { store, state, responder, ask, clock } = setUp(ec);
    const { serialNumber, record } = await deliver(store, ec);
    const first = await ask(serialNumber);
    expect(await ask(serialNumber)).toBe(first);
    expect(state.reads).toBe(1);
    await ask(serialNumber, octetString(Buffer.alloc(16)));
    expect(state.reads).toBe(2);
    clock.advance(MINUTE_MS - 1000);
    expect(await ask(serialNumber)).toBe(first);
    clock.advance(1000);
    expect(await ask(serialNumber)).not.toBe(first);
    expect(state.reads).toBe(3);
    await revokeRow(store, record, 'keyCompromise');
    responder.invalidate(serialNumber);
    expect(textOf((await ask(serialNumber)).der)).toContain('Cert Status: revoked');
  });

  it('does not repeat that it does not know', async () => {
    const { store, ask } = setUp(ec);
    const { serialNumber, record, certificate } = await reserve(store, ec);
    expect((await ask(serialNumber)).cacheable).toBeUndefined();
    await store.markIssued(record, certificate, new Date());
    expect(textOf((await ask(serialNumber)).der)).toContain('Cert Status: good');
  });

  it.each([
    ['good', 10 * MINUTE_MS],
    ['certificateHold', 5 * MINUTE_MS],
    ['keyCompromise', 6 * HOUR_MS],
  ] as const)('says how long others may believe: %s', async (status, validityMs) => {
    const { store, ask, clock } = setUp(ec);
    const { serialNumber } = status === 'good' ? await deliver(store, ec) : await revoke(store, ec, status);
    const { cacheable } = await ask(serialNumber);
    expect(cacheable?.thisUpdate).toEqual(clock.now());
    expect(cacheable?.nextUpdate).toEqual(new Date(clock.now().getTime() + validityMs));
  });

  it('lets no answer outlive the certificate that it is checked with', async () => {
    const { store, ask, clock } = setUp(ec, { revokedValidityMs: 100 * HOUR_MS });
    const { serialNumber } = await revoke(store, ec);
    const { cacheable } = await ask(serialNumber);
    expect(cacheable?.nextUpdate).toEqual(new Date(clock.now().getTime() + 24 * HOUR_MS));
  });
});
