/**
 * @module An iPhone or a Mac as a SCEP server sees it: requests signed by a throw-away identity of another key and name,
 * BER with indefinite lengths, a nonce of eight octets, no validity, GET where POST is not advertised.
 */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { toHex } from '../../lib/base/bytes.js';
import { DAY_MS, type Clock } from '../../lib/base/clock.js';
import {
  createScepClient,
  createSelfSignedCertificate,
  keyUsageExtension,
  OID,
  readCertificate,
  type Fetch,
  type SignerIdentity,
} from '../scep-client/index.js';
import { keyUsages, withDefaults, type MobileDevice, type MobileDeviceOptions } from './mobile.js';

const USER_AGENT = 'profiled/1.0 CFNetwork/1568.200.51 Darwin/24.1.0';
const SIGNER_BITS = 2048;
const SIGNER_NAME = 'CN=MDM SCEP SIGNER,C=US';

export function createAppleDevice(options: MobileDeviceOptions = {}): MobileDevice {
  const { fetch, clock, random, keys, method } = withDefaults(options);
  return {
    async enroll(profile) {
      const key = await keys(profile.keyLength);
      const client = createScepClient({
        url: profile.url,
        fetch: unescaped(fetch),
        userAgent: USER_AGENT,
        caIdentifier: '',
        method,
        clock,
        random,
      });
      const capabilities = await client.getCapabilities();
      return client.enroll({
        key,
        signer: makeSigner(await keys(SIGNER_BITS), clock),
        subject: profile.subject,
        nameOptions: { order: 'as-written' },
        ...(profile.challenge === '' ? {} : { challenge: profile.challenge }),
        keyUsage: keyUsages(profile.keyUsage),
        // Whatever the profile says.
        extendedKeyUsage: [OID.clientAuth],
        subjectAltNames: profile.subjectAltNames,
        message: {
          indefinite: true,
          nonceLength: 8,
          transactionId: publicKeyHash(key),
          digest: capabilities.has('SHA-512') ? 'sha512' : capabilities.has('SHA-256') ? 'sha256' : 'sha1',
          cipher: capabilities.has('AES') && !capabilities.has('DES3') ? 'aes128' : 'des3',
        },
      });
    },
  };
}

/** Serial number 1, digitalSignature alone, a year; its key is not the one that asks for the certificate. */
function makeSigner(key: KeyObject, clock: Clock): SignerIdentity {
  const now = clock.now().getTime();
  const der = createSelfSignedCertificate({
    key,
    subject: SIGNER_NAME,
    serialNumber: Uint8Array.of(1),
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + 365 * DAY_MS),
    extensions: [keyUsageExtension(['digitalSignature'])],
  });
  return { key, certificate: readCertificate(der) };
}

/** SHA-1 of the RSAPublicKey, without the algorithm around it. */
const publicKeyHash = (key: KeyObject): string =>
  toHex(
    createHash('sha1')
      .update(createPublicKey(key).export({ type: 'pkcs1', format: 'der' }))
      .digest(),
  );

/** Apple leaves `+` and `/` of the base64 in a query as they are. */
const unescaped =
  (fetch: Fetch): Fetch =>
  (url, init) =>
    fetch(url.replaceAll('%2B', '+').replaceAll('%2F', '/'), init);
