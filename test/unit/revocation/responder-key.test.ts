import { createPublicKey, randomBytes, verify, X509Certificate } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/clock.js';
import { SkepError } from '../../../lib/base/errors.js';
import type { Issuer } from '../../../lib/keys/authority.js';
import { createResponderKeys, type ResponderKeyType } from '../../../lib/revocation/responder-key.js';
import { certificateText } from '../../support/openssl.js';
import { createTestAuthority, testAuthority } from '../../support/test-authority.js';
import { createTestClock, createTestLogger } from './fixtures.js';

/** An issuer whose signatures are counted, and can fail or be held back. */
async function countingIssuer(kind: 'rsa' | 'ec' = 'ec') {
  const { issuer } = (await testAuthority(kind)).authority;
  const state = { signatures: 0, failing: false, held: Promise.resolve() };
  const signer: Issuer['signer'] = {
    ...issuer.signer,
    async sign(data, algorithm) {
      state.signatures++;
      await state.held;
      if (state.failing) throw new SkepError('ERR_SIGNER_UNAVAILABLE');
      return issuer.signer.sign(data, algorithm);
    },
  };
  return { issuer: { ...issuer, signer }, state };
}

function setUp(keyType?: ResponderKeyType) {
  const clock = createTestClock(new Date('2026-03-01T12:00:00Z'));
  const { logger, lines } = createTestLogger();
  const keys = createResponderKeys({ clock, logger, random: randomBytes, ...(keyType ? { keyType } : {}) });
  return { clock, lines, keys };
}

describe('the OCSP responder’s key', () => {
  it.each(['rsa', 'ec'] as const)('is certified by an %s CA as RFC 6960 wants it', async (kind) => {
    const { issuer } = await countingIssuer(kind);
    const { keys } = setUp();
    const key = await keys.current(issuer);
    const text = certificateText(key.certificate);
    expect(text).toMatch(/Not Before: Mar {2}1 11:55:00 2026 GMT\s+Not After : Mar {2}2 12:00:00 2026 GMT/);
    expect(text).toMatch(/Subject: CN ?= ?Skep OCSP [0-9A-F]{8}\n/);
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/X509v3 Extended Key Usage:\s+OCSP Signing\n/);
    expect(text).toMatch(/OCSP No Check:/);
    const certificate = new X509Certificate(key.certificate);
    expect(
      certificate.verify(
        createPublicKey({ key: Buffer.from(issuer.signer.publicKey), format: 'der', type: 'spki' }),
      ),
    ).toBe(true);
    expect(certificate.serialNumber).toBe(key.serialNumber);
    expect(key.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(certificate.publicKey.asymmetricKeyType).toBe(kind);
    expect(key.algorithm).toBe(kind === 'rsa' ? 'RS256' : 'ES256');
    expect(verify('sha256', Buffer.from('data'), certificate.publicKey, key.sign(Buffer.from('data')))).toBe(
      true,
    );
  });

  it('is of the kind that a setting names', async () => {
    const { issuer } = await countingIssuer('ec');
    expect((await setUp('rsa').keys.current(issuer)).algorithm).toBe('RS256');
    expect((await setUp('ec').keys.current((await countingIssuer('rsa')).issuer)).algorithm).toBe('ES256');
  });

  it('is made once for all who ask at the same time', async () => {
    const { issuer, state } = await countingIssuer();
    const { keys } = setUp();
    const all = await Promise.all([keys.current(issuer), keys.current(issuer), keys.current(issuer)]);
    expect(new Set(all).size).toBe(1);
    await keys.current(issuer);
    expect(state.signatures).toBe(1);
  });

  it('serves on while its successor is made at half its life', async () => {
    const { issuer, state } = await countingIssuer();
    const { keys, clock } = setUp();
    const first = await keys.current(issuer);
    clock.advance(12 * HOUR_MS - 1);
    expect(await keys.current(issuer)).toBe(first);
    expect(state.signatures).toBe(1);
    clock.advance(1);
    let release = (): void => undefined;
    state.held = new Promise((resolve) => {
      release = resolve;
    });
    expect(await keys.current(issuer)).toBe(first);
    expect(await keys.current(issuer)).toBe(first);
    release();
    const second = await vi.waitUntil(async () => {
      const key = await keys.current(issuer);
      return key !== first && key;
    });
    expect(second.keyHash).not.toEqual(first.keyHash);
    expect(state.signatures).toBe(2);
  });

  it('outlives failures of the CA’s key until its end, and tries again every minute', async () => {
    const { issuer, state } = await countingIssuer();
    const { keys, clock, lines } = setUp();
    const first = await keys.current(issuer);
    state.failing = true;
    clock.advance(13 * HOUR_MS);
    const failures = () => lines.filter((line) => /^warn .*code=ERR_SIGNER_UNAVAILABLE/.test(line)).length;
    expect(await keys.current(issuer)).toBe(first);
    await vi.waitUntil(() => failures() === 1);
    expect(await keys.current(issuer)).toBe(first);
    expect(state.signatures).toBe(2);
    clock.advance(MINUTE_MS);
    expect(await keys.current(issuer)).toBe(first);
    await vi.waitUntil(() => failures() === 2);
    expect(state.signatures).toBe(3);
    clock.advance(11 * HOUR_MS);
    await expect(keys.current(issuer)).rejects.toMatchObject({ code: 'ERR_SIGNER_UNAVAILABLE' });
    state.failing = false;
    expect(await keys.current(issuer)).not.toBe(first);
  });

  it('is another one for another CA', async () => {
    const { keys } = setUp();
    const first = await keys.current((await testAuthority('ec')).authority.issuer);
    const other = (await createTestAuthority('ec')).authority.issuer;
    const second = await keys.current(other);
    expect(second).not.toBe(first);
    expect(new X509Certificate(second.certificate).checkIssued(new X509Certificate(other.certificate))).toBe(
      true,
    );
  });

  it('ends with its CA at the latest, and is then not renewed in vain', async () => {
    const { issuer, state } = await countingIssuer();
    const { keys, clock } = setUp();
    const caEnd = new Date(new X509Certificate(issuer.certificate).validTo);
    clock.advance(caEnd.getTime() - clock.now().getTime() - HOUR_MS);
    const last = await keys.current(issuer);
    expect(last.notAfter).toEqual(caEnd);
    clock.advance(HOUR_MS - 1);
    expect(await keys.current(issuer)).toBe(last);
    expect(state.signatures).toBe(1);
    clock.advance(DAY_MS);
    await expect(keys.current(issuer)).rejects.toMatchObject({ code: 'ERR_VALIDITY' });
  });
});
