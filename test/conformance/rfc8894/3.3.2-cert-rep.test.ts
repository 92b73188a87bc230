/** CertRep as openssl reads it: signature, envelope, and a payload of the issued certificate alone (section 3.3.2). */
import { describe, expect, it } from 'vitest';
import { OID, publicKeyDer } from '../../../dev/scep-client/index.js';
import { readWhole } from '../../../lib/pki/der.js';
import { certificatesIn, cmsDecrypt, cmsVerify } from '../../support/openssl-cms.js';
import { takeApart, takeSignerApart } from '../../support/cms-surgery.js';
import { createBench, DEVICE, DEVICE_KEY, issuedBy } from '../../support/scep-bench.js';

const RSA_ENCRYPTION = Buffer.from('300d06092a864886f70d0101010500', 'hex');

describe.each(['b', 'c'] as const)('keys %s', async (keys) => {
  const bench = await createBench({ keys });

  it.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)('SUCCESS over %s', async (digest) => {
    const { body } = await bench.ask(bench.build({ digest }));
    const envelope = cmsVerify(body, bench.ca.ca.der);
    const payload = cmsDecrypt(envelope, DEVICE_KEY, DEVICE.certificate.der);
    expect(certificatesIn(payload)).toEqual(['CN = device']);
  });

  it.each(['aes128', 'aes192', 'aes256', 'des3'] as const)('SUCCESS under %s', async (cipher) => {
    const { message } = await bench.ask(bench.build({ cipher }));
    const payload = cmsDecrypt(message?.envelope ?? new Uint8Array(), DEVICE_KEY, DEVICE.certificate.der);
    expect(certificatesIn(payload)).toEqual(['CN = device']);
  });

  it('FAILURE is signed over an empty content', async () => {
    const { body } = await bench.ask(bench.build({ csr: { challenge: 'wrong' } }));
    expect(cmsVerify(body, bench.ca.ca.der)).toHaveLength(0);
  });

  it('is DER from end to end, encloses the signer alone, and names plain rsaEncryption', async () => {
    const { body } = await bench.ask(bench.build());
    // takeApart reads strict DER.
    const { certificates, signerInfos } = takeApart(body);
    expect(certificates.map((der) => Buffer.from(der).toString('hex'))).toEqual([
      Buffer.from(bench.ca.encryption.der).toString('hex'),
    ]);
    expect(signerInfos).toHaveLength(1);
    const { signatureAlgorithm, signedAttributes } = takeSignerApart(signerInfos[0] ?? new Uint8Array());
    expect(Buffer.from(signatureAlgorithm)).toEqual(RSA_ENCRYPTION);
    expect(readWhole(signedAttributes ?? new Uint8Array()).indefinite).toBe(false);
  });

  it('certifies the key of the request and not the signer’s', async () => {
    const answer = await bench.ask(bench.build());
    const certificate = issuedBy(answer);
    expect(Buffer.from(certificate.spki)).toEqual(Buffer.from(publicKeyDer(DEVICE_KEY)));
    expect(certificate.isCa).toBe(false);
    expect(certificate.extensions.some(({ oid }) => oid === OID.authorityKeyIdentifier)).toBe(true);
  });
});
