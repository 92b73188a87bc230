import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodePkiMessage, readCertificate, verifyPkiMessage } from '../../../dev/scep-client/index.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { printableString } from '../../../lib/pki/der.js';
import { encodeCertRep, type Answerer, type Outcome } from '../../../lib/scep/cert-rep.js';
import type { ReplyContext } from '../../../lib/scep/message.js';
import { testAuthority } from '../../support/test-authority.js';

const { authority } = await testAuthority('rsa', 'ca');
const [recipient] = authority.recipients;
const answerer: Answerer = { certificate: parseCertificate(recipient.certificate), signer: recipient.signer };
const now = new Date('2026-11-22T12:00:00Z');
const reply: ReplyContext = {
  transactionId: 'T1',
  transactionIdDer: printableString('T1'),
  senderNonce: Buffer.alloc(16, 1),
  digest: 'sha256',
};
const failure: Outcome = { status: 'FAILURE', failInfo: 'badTime' };

async function answer(
  outcome: Outcome = failure,
  changes: Partial<ReplyContext> = {},
  by: Answerer = answerer,
  at = now,
) {
  const body = await encodeCertRep({ ...reply, ...changes }, outcome, by, { random: randomBytes, now: at });
  const message = decodePkiMessage(body);
  verifyPkiMessage(message, readCertificate(recipient.certificate));
  return message;
}

describe('encodeCertRep', () => {
  it.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)(
    'signs over %s when it is asked to',
    async (digest) => {
      expect((await answer(failure, { digest })).signer.digest).toBe(digest);
    },
  );

  it.each(['md5', 'sha1', 'sha512'] as const)('signs over SHA-256 when the key cannot %s', async (digest) => {
    const signer = { ...recipient.signer, algorithms: ['RS256'] as const };
    expect((await answer(failure, { digest }, { ...answerer, signer })).signer.digest).toBe('sha256');
  });

  it('refuses a key that is not RSA', async () => {
    const signer = { ...recipient.signer, algorithms: ['ES256'] as const };
    await expect(answer(failure, {}, { ...answerer, signer })).rejects.toMatchObject({
      code: 'ERR_AUTHORITY_MISSING',
    });
  });

  it('PENDING has no failInfo and an empty content', async () => {
    const message = await answer({ status: 'PENDING' });
    expect(message).toMatchObject({ pkiStatus: 'PENDING', failInfo: undefined, failInfoText: undefined });
    expect(message.signedData.content).toHaveLength(0);
  });

  it('FAILURE goes without a text if there is none', async () => {
    expect(await answer()).toMatchObject({ failInfo: 'badTime', failInfoText: undefined });
  });

  it('repeats no nonce if there was none', async () => {
    expect((await answer(failure, { senderNonce: undefined })).recipientNonce).toBeUndefined();
  });

  it.each(['2026-11-22T12:00:00Z', '2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z'])(
    'is signed at %s',
    async (time) => {
      expect((await answer(failure, {}, answerer, new Date(time))).signingTime).toEqual(new Date(time));
    },
  );
});
