/** @module A certificate for the simulator's own TLS, made when it starts: the SDKs speak https only. */
import { generateKeyPairSync } from 'node:crypto';
import { DAY_MS, systemClock } from '../../lib/base/clock.js';
import { systemRandom } from '../../lib/base/random.js';
import { createLocalSigner } from '../../lib/keys/local-key.js';
import { encodePem } from '../../lib/keys/pem.js';
import { contextPrimitive } from '../../lib/pki/der.js';
import { basicConstraints, extendedKeyUsage, keyUsage, subjectAltName } from '../../lib/pki/extensions.js';
import { encodeName } from '../../lib/pki/name.js';
import { OID } from '../../lib/pki/oids.js';
import { encodeSigned, encodeTbsCertificate } from '../../lib/pki/tbs-certificate.js';

export interface TlsIdentity {
  /** PEM. */
  readonly certificate: string;
  /** PKCS#8, PEM. */
  readonly key: string;
}

/** Self-signed, for 127.0.0.1 and localhost; good for ten days before and a year after now. */
export async function makeTlsIdentity(): Promise<TlsIdentity> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = createLocalSigner(privateKey);
  const name = encodeName('CN=Key Vault simulator');
  const now = systemClock.now().getTime();
  const tbs = encodeTbsCertificate({
    serialNumber: systemRandom(16),
    signature: 'ES256',
    issuer: name,
    notBefore: new Date(now - 10 * DAY_MS),
    notAfter: new Date(now + 365 * DAY_MS),
    subject: name,
    publicKey: signer.publicKey,
    extensions: [
      basicConstraints({ ca: true }),
      keyUsage(['digitalSignature', 'keyCertSign']),
      extendedKeyUsage([OID.serverAuth]),
      subjectAltName([
        contextPrimitive(2, Buffer.from('localhost')),
        contextPrimitive(7, Uint8Array.of(127, 0, 0, 1)),
      ]),
    ],
  });
  const der = encodeSigned(tbs, 'ES256', await signer.sign(tbs, 'ES256'));
  return {
    certificate: encodePem('CERTIFICATE', der),
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}
