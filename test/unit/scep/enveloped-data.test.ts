import { describe, expect, it } from 'vitest';
import { context, NULL, octetString, oid, readWhole, sequence } from '../../../lib/pki/der.js';
import { readEnvelopedData, readKeyTransport } from '../../../lib/scep/enveloped-data.js';
import { sealEnvelope } from '../../../dev/scep-client/index.js';
import { codeOf } from '../../support/error-code.js';
import { DEVICE } from '../../support/scep-bench.js';

const OAEP = '1.2.840.113549.1.1.7';
const MGF1 = '1.2.840.113549.1.1.8';
const SHA1 = '1.3.14.3.2.26';
const SHA256 = '2.16.840.1.101.3.4.2.1';
const SHA384 = '2.16.840.1.101.3.4.2.2';
const hash = (dotted: string) => context(0, sequence(oid(dotted), NULL));
const mask = (dotted: string, generator = MGF1) =>
  context(1, sequence(oid(generator), sequence(oid(dotted), NULL)));
const label = (text: string) =>
  context(2, sequence(oid('1.2.840.113549.1.1.9'), octetString(Buffer.from(text))));

const transportOf = (...parts: Uint8Array[]): string => {
  const identifier = readWhole(sequence(...parts));
  return codeOf(() => readKeyTransport(identifier)) ?? readKeyTransport(identifier);
};

describe('readKeyTransport', () => {
  it.each([
    ['RSA', [oid('1.2.840.113549.1.1.1'), NULL], 'pkcs1'],
    ['RSA without parameters', [oid('1.2.840.113549.1.1.1')], 'pkcs1'],
    ['OAEP without parameters', [oid(OAEP)], 'oaep-sha1'],
    ['OAEP with NULL', [oid(OAEP), NULL], 'oaep-sha1'],
    ['OAEP with defaults', [oid(OAEP), sequence()], 'oaep-sha1'],
    ['OAEP with SHA-1 said', [oid(OAEP), sequence(hash(SHA1), mask(SHA1), label(''))], 'oaep-sha1'],
    ['OAEP with SHA-256', [oid(OAEP), sequence(hash(SHA256), mask(SHA256))], 'oaep-sha256'],
    ['OAEP with two hashes', [oid(OAEP), sequence(hash(SHA256))], 'ERR_SCEP_ALGORITHM'],
    ['OAEP with two hashes the other way', [oid(OAEP), sequence(mask(SHA256))], 'ERR_SCEP_ALGORITHM'],
    ['OAEP with SHA-384', [oid(OAEP), sequence(hash(SHA384), mask(SHA384))], 'ERR_SCEP_ALGORITHM'],
    ['OAEP with another mask', [oid(OAEP), sequence(hash(SHA1), mask(SHA1, OAEP))], 'ERR_SCEP_ALGORITHM'],
    ['OAEP with a label', [oid(OAEP), sequence(label('x'))], 'ERR_SCEP_ALGORITHM'],
    ['OAEP with something more', [oid(OAEP), sequence(context(3, NULL))], 'ERR_DER'],
    ['something else', [oid('1.2.840.113549.1.9.16.3.14')], 'ERR_SCEP_ALGORITHM'],
  ])('%s', (_case, parts, expected) => {
    expect(transportOf(...parts)).toBe(expected);
  });
});

describe('readEnvelopedData', () => {
  it.each([false, true])('reads what another writer made; indefinite lengths: %s', (indefinite) => {
    const sealed = sealEnvelope(Buffer.alloc(3000), { recipients: [DEVICE.certificate], indefinite });
    const { recipients, cipher, iv, encryptedContent } = readEnvelopedData(sealed, false);
    expect(cipher).toBe('aes128');
    expect(recipients).toHaveLength(1);
    expect(recipients[0]?.encryptedKey).toHaveLength(256);
    expect([iv.length, encryptedContent.length]).toEqual([16, 3008]);
  });

  it('single DES only where it may be used', () => {
    const sealed = sealEnvelope(Buffer.alloc(8), { recipients: [DEVICE.certificate], cipher: 'des' });
    expect(codeOf(() => readEnvelopedData(sealed, false))).toBe('ERR_SCEP_ALGORITHM');
    expect(readEnvelopedData(sealed, true).cipher).toBe('des');
  });

  it.each(['', '30', '3000', '0500', '30800000'])('refuses %j', (hex) => {
    expect(codeOf(() => readEnvelopedData(Buffer.from(hex, 'hex'), false))).toBe('ERR_DER');
  });
});
