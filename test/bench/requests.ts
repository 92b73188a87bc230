/** @module Enrollments prepared before the clock runs, each with a key of its own, and checked after it stopped. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import {
  createCsr,
  createSignerIdentity,
  encodePkiMessage,
  publicKeyDer,
  type CaCertificates,
  type GeneralName,
  type SignerIdentity,
} from '../../dev/scep-client/index.js';
import { readCertRep } from '../../dev/scep-client/cert-rep.js';
import { equalBytes } from '../../lib/base/bytes.js';
import { parseCertificate, type Certificate as ParsedCertificate } from '../../lib/pki/certificate.js';
import { OID } from '../../lib/pki/oids.js';

export const CHALLENGE = 'secret123';

/** Keys of devices that nobody has; making some hundred takes a minute, so the next run finds them again. */
const KEY_FILE = 'out/bench/keys.pem';
const generate = promisify(generateKeyPair);

export interface PreparedRequest {
  readonly message: Uint8Array;
  readonly transactionId: string;
  readonly senderNonce: Uint8Array;
  readonly signer: SignerIdentity;
}

/** Keys at once: they are made off the main thread, and the rest of the machine is left alone. */
const MAKERS = 4;

/**
 * @param file PEM, where keys are looked for, and kept for the next time.
 * @param onKey hears of each key that is made.
 */
export async function prepareKeys(
  count: number,
  file = KEY_FILE,
  onKey: () => void = () => undefined,
): Promise<KeyObject[]> {
  const known = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const pems: string[] = known.match(/-----BEGIN[^]+?-----END PRIVATE KEY-----\n/g) ?? [];
  let missing = count - pems.length;
  const make = async (): Promise<void> => {
    while (missing-- > 0) {
      const { privateKey } = await generate('rsa', { modulusLength: 2048 });
      const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
      pems.push(pem);
      // One by one, so that what was made is kept when somebody loses patience.
      appendFileSync(file, pem, { mode: 0o600 });
      onKey();
    }
  };
  mkdirSync(dirname(file), { recursive: true });
  await Promise.all(Array.from({ length: MAKERS }, make));
  return pems.slice(0, count).map((pem) => createPrivateKey(pem));
}

export interface Wish {
  readonly key: KeyObject;
  readonly subject: string;
  readonly subjectAltName: GeneralName;
  /** Unset for a renewal that its signer vouches for. */
  readonly challenge?: string;
  /** Default: a self-signed certificate over the key. */
  readonly signer?: SignerIdentity;
  readonly messageType?: 'PKCSReq' | 'RenewalReq';
}

/** PKCSReqs as Intune's clients send them: SHA-256, AES-256, an alternative name, key usages; about 2.6 kB. */
export function prepareRequests(
  keys: readonly KeyObject[],
  recipient: CaCertificates['encryption'],
): PreparedRequest[] {
  return keys.map((key, index) =>
    prepareRequest(
      {
        key,
        subject: `CN=device-${index},O=Contoso`,
        subjectAltName: { type: 'dns', value: `device-${index}.contoso.test` },
        challenge: CHALLENGE,
      },
      recipient,
    ),
  );
}

export function prepareRequest(wish: Wish, recipient: CaCertificates['encryption']): PreparedRequest {
  const { key, subject, subjectAltName, challenge, messageType = 'PKCSReq' } = wish;
  const signer = wish.signer ?? createSignerIdentity(key, subject, new Date());
  const transactionId = createHash('sha256').update(publicKeyDer(key)).update(subject).digest('hex');
  const senderNonce = createHash('md5').update(transactionId).digest();
  const csr = createCsr({
    key,
    subject,
    ...(challenge === undefined ? {} : { challenge }),
    subjectAltNames: [subjectAltName],
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: [OID.clientAuth],
  });
  const message = encodePkiMessage({
    messageType,
    transactionId,
    senderNonce,
    messageData: csr,
    recipients: [recipient],
    signerKey: signer.key,
    signerCertificate: signer.certificate,
    digest: 'sha256',
    cipher: 'aes256',
  });
  return { message, transactionId, senderNonce, signer };
}

/**
 * Opens an answer as the device would and looks whether the certificate is for its key.
 * @returns the certificate.
 * @throws what is wrong.
 */
export function checkAnswer(
  request: PreparedRequest,
  answer: Uint8Array,
  ca: CaCertificates,
): ParsedCertificate {
  const { transactionId, senderNonce, signer } = request;
  const rep = readCertRep(answer, {
    transactionId,
    senderNonce,
    ca,
    signerKey: signer.key,
    signerCertificate: signer.certificate,
    allowEchoedNonce: true,
  });
  if (rep.status !== 'SUCCESS') {
    const why = rep.status === 'FAILURE' ? `: ${rep.failInfo} ${rep.failInfoText ?? ''}` : '';
    throw new Error(`an enrollment was answered ${rep.status}${why}`);
  }
  const [issued] = rep.payload.certificates;
  const wanted = createPublicKey(signer.key).export({ format: 'der', type: 'spki' });
  const certificate = issued && parseCertificate(issued.der);
  if (!certificate || !equalBytes(certificate.publicKey.spki, wanted)) {
    throw new Error('the certificate is for another key');
  }
  return certificate;
}
