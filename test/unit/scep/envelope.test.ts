import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readEnvelope } from '../../../dev/scep-client/index.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { CONTENT_CIPHERS } from '../../../lib/scep/content-ciphers.js';
import { sealEnvelope } from '../../../lib/scep/envelope.js';
import { cmsDecrypt } from '../../support/openssl-cms.js';
import { DEVICE_KEY, selfSigned } from '../../support/scep-bench.js';

const seal = (der: Uint8Array, cipher: 'aes128' | 'aes192' | 'aes256' | 'des3' = 'aes256') =>
  sealEnvelope(Buffer.from('hello'), parseCertificate(der), cipher, randomBytes);

describe('sealEnvelope', () => {
  it.each(['aes128', 'aes192', 'aes256', 'des3'] as const)('openssl opens %s', (cipher) => {
    const { certificate } = selfSigned(DEVICE_KEY);
    const sealed = seal(certificate.der, cipher);
    expect(Buffer.from(cmsDecrypt(sealed, DEVICE_KEY, certificate.der)).toString()).toBe('hello');
    expect(readEnvelope(sealed).cipherOid).toBe(CONTENT_CIPHERS[cipher].oid);
  });

  it.each([
    ['of one octet', Uint8Array.of(5)],
    ['with a sign octet', Uint8Array.of(0xff, 0xff)],
    ['of 33 octets', Buffer.alloc(33, 0x30)],
  ])('names the recipient as its certificate does: serial number %s', (_case, serialNumber) => {
    const { certificate } = selfSigned(DEVICE_KEY, { serialNumber });
    const sealed = seal(certificate.der);
    expect(Buffer.from(cmsDecrypt(sealed, DEVICE_KEY, certificate.der)).toString()).toBe('hello');
  });

  it('uses a new key and a new initialisation vector each time', () => {
    const { certificate } = selfSigned(DEVICE_KEY);
    const [one, two] = [seal(certificate.der), seal(certificate.der)].map(readEnvelope);
    expect(one?.iv).not.toEqual(two?.iv);
    expect(one?.encryptedContent).not.toEqual(two?.encryptedContent);
  });
});
