import { describe, expect, it } from 'vitest';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { contextPrimitive, integer, octetString, readWhole, sequence } from '../../../lib/pki/der.js';
import { identifies, readPkiMessage, verifyPkiMessage } from '../../../lib/scep/pki-message.js';
import { codeOf } from '../../support/error-code.js';
import { createBench, DEVICE, DEVICE_KEY, selfSigned } from '../../support/scep-bench.js';

const bench = await createBench();
const strict = { legacy: false };

describe('readPkiMessage', () => {
  it.each([
    ['sha1', 'sha1'],
    ['sha512', 'sha512'],
    // What an old device that says MD5 can check.
    ['md5', 'sha1'],
  ] as const)('answers %s with %s', (digest, expected) => {
    expect(readPkiMessage(bench.build({ digest })).reply.digest).toBe(expected);
  });

  it('keeps what the answer repeats', () => {
    const senderNonce = Buffer.alloc(8, 9);
    const { reply } = readPkiMessage(bench.build({ transactionId: 'a/b=', senderNonce }));
    expect(reply.transactionId).toBe('a/b=');
    expect(Buffer.from(reply.transactionIdDer).toString('latin1')).toBe('\x13\x04a/b=');
    expect(Buffer.from(reply.senderNonce ?? [])).toEqual(senderNonce);
  });

  it.each(['', '30', '3003020101', '04020000'])('refuses %j', (hex) => {
    expect(codeOf(() => readPkiMessage(Buffer.from(hex, 'hex')))).toBe('ERR_SCEP_MALFORMED');
  });
});

describe('verifyPkiMessage', () => {
  it.each([false, true])('gives the envelope and who signed it; indefinite lengths: %s', (indefinite) => {
    const message = verifyPkiMessage(readPkiMessage(bench.build({ indefinite })), strict);
    expect(message.messageType).toBe('PKCSReq');
    expect(Buffer.from(message.signer.der)).toEqual(Buffer.from(DEVICE.certificate.der));
    expect(message.envelope[0]).toBe(0x30);
  });

  it('MD5 only under the legacy policy', () => {
    const unverified = readPkiMessage(bench.build({ digest: 'md5' }));
    expect(codeOf(() => verifyPkiMessage(unverified, strict))).toBe('ERR_SCEP_ALGORITHM');
    expect(codeOf(() => verifyPkiMessage(unverified, { legacy: true }))).toBeUndefined();
  });
});

describe('identifies', () => {
  const id = Buffer.alloc(20, 7);
  const extensions = [{ oid: '2.5.29.14', value: octetString(id) }];
  const certificate = parseCertificate(selfSigned(DEVICE_KEY, { extensions }).certificate.der);
  const { issuer, serialNumberDer } = certificate;
  const without = parseCertificate(DEVICE.certificate.der);

  it.each([
    ['issuer and serial number', sequence(issuer.der, serialNumberDer), certificate, true],
    ['another serial number', sequence(issuer.der, integer(1)), certificate, false],
    ['another issuer', sequence(sequence(), serialNumberDer), certificate, false],
    ['half of it', sequence(issuer.der), certificate, false],
    ['a key identifier', contextPrimitive(0, id), certificate, true],
    ['another key identifier', contextPrimitive(0, Buffer.alloc(20)), certificate, false],
    ['an empty key identifier', contextPrimitive(0, Buffer.alloc(0)), certificate, false],
    ['a key identifier that the certificate lacks', contextPrimitive(0, id), without, false],
    ['something else', octetString(id), certificate, false],
  ])('%s', (_case, identifier, against, expected) => {
    expect(identifies(readWhole(identifier), against)).toBe(expected);
  });
});
