/** Renewal by an existing certificate instead of a challenge, by 17 or 19 (sections 2.3 to 2.5). */
import { describe, expect, it } from 'vitest';
import type { SignerIdentity } from '../../../dev/scep-client/index.js';
import { createRenewalValidator } from '../../../lib/validators/renewal.js';
import { staticEndpoint } from '../../support/test-service.js';
import {
  createBench,
  DEVICE_KEY,
  issuedBy,
  OTHER_KEY,
  selfSigned,
  type Bench,
} from '../../support/scep-bench.js';
import { CAPTURE_CLOCK } from '../../support/vectors.js';

const DAY_MS = 86_400_000;

async function enrolled(bench: Bench): Promise<SignerIdentity> {
  return { key: DEVICE_KEY, certificate: issuedBy(await bench.ask(bench.build())) };
}

const renewal = { csr: { key: OTHER_KEY, subject: 'CN=device', challenge: '' } };

describe.each(['b', 'c'] as const)('keys %s', (keys) => {
  it.each([17, 18, 19])('messageType %i renews with a new key', async (messageType) => {
    const bench = await createBench({ keys });
    const signer = await enrolled(bench);
    const answer = await bench.ask(bench.build({ ...renewal, signer, messageType }));
    expect(answer.outcome).toBe('SUCCESS');
    expect(issuedBy(answer, signer).serialHex).not.toBe(signer.certificate.serialHex);
    // The first stays good: the device still answers with it until it has the second.
    expect((await bench.store.get(signer.certificate.serialHex))?.state).toBe('delivered');
  });
});

describe('refused', async () => {
  const bench = await createBench();
  const signer = await enrolled(bench);

  it.each([
    ['another subject', { signer, csr: { ...renewal.csr, subject: 'CN=somebody else' } }],
    [
      'another alternative name',
      { signer, csr: { ...renewal.csr, subjectAltNames: [{ type: 'dns', value: 'dc.example' }] } },
    ],
    ['a self-signed certificate', { signer: selfSigned(DEVICE_KEY, { subject: 'CN=device' }) }],
    ['a wrong challenge beside a good certificate', { signer, csr: { ...renewal.csr, challenge: 'wrong' } }],
  ] as const)('%s', async (_case, knobs) => {
    const message = bench.build({ ...renewal, messageType: 17, ...knobs });
    expect((await bench.ask(message)).outcome).toBe('FAILURE badRequest');
  });

  it('a certificate that only says it is ours', async () => {
    const forged = selfSigned(DEVICE_KEY, { subject: signer.certificate.issuerDer });
    const message = bench.build({ ...renewal, signer: forged, messageType: 17 });
    expect((await bench.ask(message)).outcome).toBe('FAILURE badRequest');
    expect(bench.journal.at(-1)?.code).toBe('ERR_RENEWAL_REFUSED');
  });

  it('a certificate of ours that the store does not know, unless a setting trusts it', async () => {
    const message = { ...renewal, signer, messageType: 17 } as const;
    const empty = await createBench();
    expect((await empty.ask(empty.build(message))).outcome).toBe('FAILURE badRequest');
    expect(empty.journal.at(-1)).toMatchObject({
      code: 'ERR_RENEWAL_REFUSED',
      detail: expect.stringContaining('has no record') as string,
    });
    const trusting = await createBench({
      endpoints: (parts) => [
        staticEndpoint(parts, { renewal: createRenewalValidator({ ...parts, acceptUnknown: true }) }),
      ],
    });
    expect((await trusting.ask(trusting.build(message))).outcome).toBe('SUCCESS');
  });

  it('an expired certificate', async () => {
    let now = CAPTURE_CLOCK.now();
    const later = await createBench({ clock: { now: () => now } });
    const old = await enrolled(later);
    now = new Date(now.getTime() + 366 * DAY_MS);
    expect((await later.ask(later.build({ ...renewal, signer: old, messageType: 17 }))).outcome).toBe(
      'FAILURE badRequest',
    );
  });

  it('a revoked certificate', async () => {
    const record = await bench.store.get(signer.certificate.serialHex);
    if (!record) throw new Error('no record');
    await bench.store.revoke(record, { at: CAPTURE_CLOCK.now(), reason: 'keyCompromise', by: 'test' });
    expect((await bench.ask(bench.build({ ...renewal, signer, messageType: 17 }))).outcome).toBe(
      'FAILURE badRequest',
    );
    expect(bench.journal.at(-1)?.detail).toContain('revoked');
  });
});

describe('where renewal is off', async () => {
  const bench = await createBench({
    endpoints: (parts) => {
      const { renewal: _off, ...endpoint } = staticEndpoint(parts);
      return [endpoint];
    },
  });
  const signer = await enrolled(bench);

  it.each([
    [17, 'ERR_RENEWAL_OFF'],
    [19, 'ERR_CHALLENGE_MISSING'],
  ] as const)('messageType %i without a challenge is %s', async (messageType, code) => {
    const { outcome } = await bench.ask(bench.build({ ...renewal, signer, messageType }));
    expect(outcome).toBe('FAILURE badRequest');
    expect(bench.journal.at(-1)?.code).toBe(code);
  });
});
