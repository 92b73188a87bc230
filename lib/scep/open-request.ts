/** @module From a verified pkiMessage to what the client asks: the envelope is opened here, and nowhere else. */
import { equalBytes, toHex } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import type { Decrypter } from '../keys/decrypter.js';
import type { Certificate } from '../pki/certificate.js';
import { readCertificationRequest, type CertificationRequest } from '../pki/csr.js';
import { readInteger, readWhole, TAG, walk } from '../pki/der.js';
import { readName } from '../pki/name.js';
import { importPublicKey, type PublicKeyInfo } from '../pki/public-key.js';
import { verifySignature } from '../pki/verify.js';
import { CONTENT_CIPHERS, decryptContent, type ContentCipherName } from './content-ciphers.js';
import { readEnvelopedData, readKeyTransport, type EnvelopedData } from './enveloped-data.js';
import type { MessagePolicy, MessageType, PkiMessage, ScepRequest } from './message.js';
import { identifies } from './pki-message.js';

/** A certificate that requests may be encrypted to, parsed, with its key. */
export interface Recipient {
  readonly certificate: Certificate;
  readonly decrypter: Decrypter;
}

export interface OpenedRequest<R extends Recipient> {
  readonly request: ScepRequest;
  /** The recipient that it was encrypted to, which is the one that answers. */
  readonly recipient: R;
  /** The cipher to answer with. */
  readonly cipher: ContentCipherName;
}

/**
 * Opens the envelope and reads what is inside.
 *
 * A wrong key, a wrong padding and unreadable contents are one failure, `ERR_SCEP_UNDECRYPTABLE`: anybody can sign a
 * captured envelope anew and send it here, and must not learn which step failed (RFC 3218).
 * @throws {SkepError} `ERR_SCEP_BAD_MESSAGE`, `ERR_SCEP_ALGORITHM`, `ERR_SCEP_RECIPIENT`, `ERR_SCEP_UNDECRYPTABLE`
 *   (`ERR_CERT_UNKNOWN` for a query), `ERR_CSR_AMBIGUOUS`, `ERR_SIGNER_UNAVAILABLE`, `ERR_SIGNER_THROTTLED`
 */
export async function openRequest<R extends Recipient>(
  message: PkiMessage,
  recipients: readonly R[],
  policy: MessagePolicy,
): Promise<OpenedRequest<R>> {
  const envelope = readEnvelopedData(message.envelope, policy.legacy);
  const { recipient, info } = findRecipient(envelope, recipients);
  const transport = readKeyTransport(info.algorithm);
  const { keyLength, answer } = CONTENT_CIPHERS[envelope.cipher];
  const key = await recipient.decrypter.unwrap(info.encryptedKey, transport, keyLength);
  const plain = decryptContent(envelope.cipher, key, envelope.iv, envelope.encryptedContent);
  return { request: readContent(message, plain, recipient.certificate), recipient, cipher: answer };
}

function findRecipient<R extends Recipient>(
  envelope: EnvelopedData,
  recipients: readonly R[],
): { recipient: R; info: EnvelopedData['recipients'][number] } {
  for (const recipient of recipients) {
    const info = envelope.recipients.find(({ identifier }) => identifies(identifier, recipient.certificate));
    if (info) return { recipient, info };
  }
  throw new SkepError('ERR_SCEP_RECIPIENT');
}

const QUERIES: ReadonlySet<MessageType> = new Set(['CertPoll', 'GetCert', 'GetCRL']);

function readContent(message: PkiMessage, plain: Uint8Array, own: Certificate): ScepRequest {
  try {
    return readRequest(message, plain);
  } catch (cause) {
    spendVerification(plain, own.publicKey);
    if (cause instanceof SkepError && cause.code === 'ERR_CSR_AMBIGUOUS') throw cause;
    // What a query asks for is not signed inside, so an unreadable one and one for nothing must sound alike: otherwise
    // a captured envelope, sent as a query block by block, could be read from our answers.
    if (QUERIES.has(message.messageType)) {
      throw new SkepError('ERR_CERT_UNKNOWN', { detail: 'unreadable query', cause });
    }
    throw new SkepError('ERR_SCEP_UNDECRYPTABLE', { cause });
  }
}

const DECOY = { hash: 'sha256', padding: 'pkcs1' } as const;

/**
 * A request that can be read is verified next, with a key that has to be imported first. One that cannot takes the same
 * time, by the key that is at hand: its answer is the same, and its lateness is not to tell it apart.
 */
function spendVerification(plain: Uint8Array, publicKey: PublicKeyInfo): void {
  const { rsa } = publicKey;
  if (!rsa) return;
  const signature = new Uint8Array(rsa.modulus.length).fill(1, 1);
  // A copy: what was imported once is remembered by the object.
  verifySignature(importPublicKey({ ...publicKey }), DECOY, plain, signature);
}

function readRequest(message: PkiMessage, plain: Uint8Array): ScepRequest {
  switch (message.messageType) {
    case 'PKCSReq':
      return { type: 'PKCSReq', csr: readCsr(message, plain) };
    case 'RenewalReq':
    case 'UpdateReq':
      return { type: 'RenewalReq', csr: readCsr(message, plain) };
    case 'CertPoll': {
      const fields = walk(readWhole(plain, TAG.sequence));
      const issuer = readName(fields.next(TAG.sequence)).der;
      const subject = readName(fields.next(TAG.sequence)).der;
      fields.end();
      return { type: 'CertPoll', issuer, subject };
    }
    case 'GetCert':
    case 'GetCRL': {
      const fields = walk(readWhole(plain, TAG.sequence));
      const issuer = readName(fields.next(TAG.sequence)).der;
      const serialNumber = toHex(readInteger(fields.next(TAG.integer)));
      fields.end();
      return { type: message.messageType, issuer, serialNumber };
    }
    case 'CertRep':
      throw new SkepError('ERR_SCEP_MESSAGE_TYPE', { detail: 'CertRep is an answer' });
  }
}

/** Nearly every client signs a first request with the key that it asks for: then it is one key, imported once. */
function readCsr({ signer }: PkiMessage, plain: Uint8Array): CertificationRequest {
  const csr = readCertificationRequest(plain);
  return equalBytes(csr.publicKey.spki, signer.publicKey.spki)
    ? { ...csr, publicKey: signer.publicKey }
    : csr;
}
