/** @module A SCEP client: enrolls, renews, polls and asks, over HTTP, checking every answer. */
import { createHash, type KeyObject } from 'node:crypto';
import { toHex } from '../../lib/base/bytes.js';
import { DAY_MS, systemClock, type Clock } from '../../lib/base/clock.js';
import { once } from '../../lib/base/once.js';
import { systemRandom, type RandomBytes } from '../../lib/base/random.js';
import type { CipherName, DigestName } from './algorithms.js';
import {
  readCaCertificates,
  readNextCaCertificates,
  selectCaCertificates,
  type CaCertificates,
} from './ca-certificates.js';
import { canPost, chooseCipher, chooseDigest, parseCapabilities, type Capabilities } from './capabilities.js';
import { issuedCertificate, readCertRep, type CertRep, type Expectation } from './cert-rep.js';
import { readCertificate, type Certificate } from './certificate.js';
import { createCsr, type CsrOptions } from './csr.js';
import { ScepClientError } from './errors.js';
import { keyUsageExtension } from './extensions.js';
import { generateRsaKey, publicKeyDer } from './keys.js';
import type { FailInfoName, MessageTypeName } from './message-types.js';
import { encodeName } from './names.js';
import { encodePkiMessage, type PkiMessageOptions } from './pki-message.js';
import { encodeIssuerAndSerialNumber, encodeIssuerAndSubject } from './query-data.js';
import { createSelfSignedCertificate } from './self-signed-certificate.js';
import { assertOk, createTransport, type TransportOptions } from './transport.js';

export interface ScepClientOptions extends TransportOptions {
  readonly clock?: Clock;
  readonly random?: RandomBytes;
  /** Default `auto`: POST where GetCACaps offers it. */
  readonly method?: 'auto' | 'GET' | 'POST';
  /** SHA-1 in hex: the CA certificate that GetCACert must hold. */
  readonly caThumbprint?: string;
  /** See {@link Expectation}. Default false. */
  readonly allowEchoedNonce?: boolean;
}

/** The pair that signs a request and opens its answer. */
export interface SignerIdentity {
  readonly key: KeyObject;
  readonly certificate: Certificate;
}

/** How a pkiMessage is made. Everything has a default that suits the server's capabilities. */
export interface MessageOptions extends Pick<
  PkiMessageOptions,
  | 'padding'
  | 'signatureOid'
  | 'keyTransport'
  | 'indefinite'
  | 'sortAttributes'
  | 'extraAttributes'
  | 'certificates'
  | 'signingTime'
  | 'corrupt'
> {
  readonly digest?: DigestName;
  readonly cipher?: CipherName;
  /** Default: upper-case hex of the SHA-1 of the signer's public key. */
  readonly transactionId?: string;
  /** Octets. Default 16. */
  readonly nonceLength?: number;
  /** Default `PKCSReq` for an enrollment, `RenewalReq` for a renewal. */
  readonly messageType?: MessageTypeName | number;
}

export interface EnrollOptions extends Omit<CsrOptions, 'key'> {
  /** Default: a new RSA key of `keySize`. */
  readonly key?: KeyObject;
  /** Bits. Default 2048. */
  readonly keySize?: number;
  /** Default: a self-signed certificate over `key`, valid for a day. */
  readonly signer?: SignerIdentity;
  /** A finished request, DER, in place of one made from the options above. */
  readonly csr?: Uint8Array;
  readonly message?: MessageOptions;
}

export interface RenewOptions extends EnrollOptions {
  /** The certificate to be renewed, and its key. */
  readonly signer: SignerIdentity;
}

/** A request that waits for a decision; hand it to `poll`. */
export interface PendingTicket {
  readonly key: KeyObject;
  readonly subjectDer: Uint8Array;
  readonly signer: SignerIdentity;
  readonly message: MessageOptions & { readonly transactionId: string };
}

export type EnrollResult =
  | {
      readonly status: 'SUCCESS';
      readonly certificate: Certificate;
      readonly key: KeyObject;
      readonly ca: CaCertificates;
    }
  | { readonly status: 'PENDING'; readonly ticket: PendingTicket }
  | Refusal;

export interface Refusal {
  readonly status: 'FAILURE';
  readonly failInfo: FailInfoName;
  readonly failInfoText: string | undefined;
}

/** What `send` needs beside the message data. */
export interface SendOptions extends MessageOptions {
  readonly messageType: MessageTypeName | number;
  readonly messageData: Uint8Array;
  readonly signer: SignerIdentity;
}

/** All methods throw {@link ScepClientError}; a signed refusal by the server is a result, not an error. */
export interface ScepClient {
  getCapabilities(): Promise<Capabilities>;
  getCaCertificates(): Promise<CaCertificates>;
  getNextCaCertificates(): Promise<readonly Certificate[]>;
  enroll(options: EnrollOptions): Promise<EnrollResult>;
  renew(options: RenewOptions): Promise<EnrollResult>;
  /** CertPoll for a pending request. */
  poll(ticket: PendingTicket): Promise<EnrollResult>;
  /** The certificate with this serial number (unsigned octets). */
  getCert(
    signer: SignerIdentity,
    serialNumber: Uint8Array,
    message?: MessageOptions,
  ): Promise<Certificate | Refusal>;
  /** The CRL for the certificate with this serial number, DER. */
  getCrl(
    signer: SignerIdentity,
    serialNumber: Uint8Array,
    message?: MessageOptions,
  ): Promise<Uint8Array | Refusal>;
  /** One PKIOperation with any message data. */
  send(options: SendOptions): Promise<CertRep>;
  /** A pkiMessage that the caller made, and the answer's body as it came. */
  post(pkiMessage: Uint8Array): Promise<Uint8Array>;
}

/** GetCACaps and GetCACert are asked once and remembered. */
export function createScepClient(options: ScepClientOptions): ScepClient {
  const { clock = systemClock, random = systemRandom, method = 'auto' } = options;
  const transport = createTransport(options);
  const getCapabilities = once(async () => {
    const { body } = assertOk(await transport.get('GetCACaps'), 'GetCACaps');
    return parseCapabilities(Buffer.from(body).toString('latin1'));
  });
  const getCaCertificates = once(async () => {
    const answer = assertOk(await transport.get('GetCACert'), 'GetCACert');
    const { caThumbprint } = options;
    return selectCaCertificates(
      readCaCertificates(answer),
      caThumbprint === undefined ? {} : { caThumbprint },
    );
  });

  async function post(pkiMessage: Uint8Array): Promise<Uint8Array> {
    const chosen = method !== 'auto' ? method : canPost(await getCapabilities()) ? 'POST' : 'GET';
    const answer = assertOk(await transport.send(pkiMessage, chosen), 'PKIOperation');
    if (answer.contentType !== 'application/x-pki-message') {
      throw new ScepClientError('ERR_CLIENT_CONTENT_TYPE', answer.contentType || 'none');
    }
    return answer.body;
  }

  async function send({ signer, messageData, messageType, ...message }: SendOptions): Promise<CertRep> {
    const capabilities = await getCapabilities();
    const ca = await getCaCertificates();
    const transactionId = message.transactionId ?? defaultTransactionId(signer);
    const senderNonce = random(message.nonceLength ?? 16);
    const expected: Expectation = {
      transactionId,
      senderNonce,
      ca,
      signerKey: signer.key,
      signerCertificate: signer.certificate,
      allowEchoedNonce: options.allowEchoedNonce ?? false,
    };
    const pkiMessage = encodePkiMessage({
      ...message,
      messageType,
      messageData,
      transactionId,
      senderNonce,
      recipients: [ca.encryption],
      signerKey: signer.key,
      signerCertificate: signer.certificate,
      digest: message.digest ?? chooseDigest(capabilities),
      cipher: message.cipher ?? chooseCipher(capabilities),
      random,
    });
    return readCertRep(await post(pkiMessage), expected);
  }

  async function request(enrollment: EnrollOptions, fallbackType: MessageTypeName): Promise<EnrollResult> {
    const key = enrollment.key ?? (await generateRsaKey(enrollment.keySize));
    const subject = enrollment.subject;
    const subjectDer = typeof subject === 'string' ? encodeName(subject, enrollment.nameOptions) : subject;
    const signer = enrollment.signer ?? createSignerIdentity(key, subjectDer, clock.now(), random);
    const message = {
      ...enrollment.message,
      transactionId: enrollment.message?.transactionId ?? defaultTransactionId({ key }),
    };
    const { messageType = fallbackType } = message;
    const messageData = enrollment.csr ?? createCsr({ ...enrollment, subject: subjectDer, key });
    const reply = await send({ ...message, messageType, messageData, signer });
    return conclude(reply, { key, subjectDer, signer, message });
  }

  async function conclude(reply: CertRep, ticket: PendingTicket): Promise<EnrollResult> {
    if (reply.status === 'PENDING') return { status: 'PENDING', ticket };
    if (reply.status === 'FAILURE') return refusal(reply);
    const ca = await getCaCertificates();
    const certificate = issuedCertificate(reply.payload, ca.ca, publicKeyDer(ticket.key));
    return { status: 'SUCCESS', certificate, key: ticket.key, ca };
  }

  async function query(
    messageType: MessageTypeName,
    signer: SignerIdentity,
    serialNumber: Uint8Array,
    message: MessageOptions = {},
  ): Promise<Exclude<CertRep, { status: 'PENDING' }>> {
    const { ca } = await getCaCertificates();
    const messageData = encodeIssuerAndSerialNumber(ca.subjectDer, serialNumber);
    const reply = await send({ ...message, messageType, messageData, signer });
    if (reply.status === 'PENDING')
      throw new ScepClientError('ERR_CLIENT_ANSWER', `PENDING to ${messageType}`);
    return reply;
  }

  return {
    getCapabilities,
    getCaCertificates,
    async getNextCaCertificates() {
      const answer = assertOk(await transport.get('GetNextCACert'), 'GetNextCACert');
      return readNextCaCertificates(answer, await getCaCertificates());
    },
    enroll: (enrollment) => request(enrollment, 'PKCSReq'),
    renew: (enrollment) => request(enrollment, 'RenewalReq'),
    async poll(ticket) {
      const { ca } = await getCaCertificates();
      const messageData = encodeIssuerAndSubject(ca.subjectDer, ticket.subjectDer);
      const { signer, message } = ticket;
      return conclude(await send({ ...message, messageType: 'CertPoll', messageData, signer }), ticket);
    },
    async getCert(signer, serialNumber, message) {
      const reply = await query('GetCert', signer, serialNumber, message);
      if (reply.status === 'FAILURE') return refusal(reply);
      return issuedCertificate(reply.payload, (await getCaCertificates()).ca);
    },
    async getCrl(signer, serialNumber, message) {
      const reply = await query('GetCRL', signer, serialNumber, message);
      if (reply.status === 'FAILURE') return refusal(reply);
      const [crl, ...others] = reply.payload.crls;
      if (!crl || others.length > 0 || reply.payload.certificates.length > 0) {
        throw new ScepClientError('ERR_CLIENT_ANSWER', 'the payload is not one CRL');
      }
      return crl;
    },
    send,
    post,
  };
}

const refusal = ({ failInfo, failInfoText }: Extract<CertRep, { status: 'FAILURE' }>): Refusal => ({
  status: 'FAILURE',
  failInfo,
  failInfoText,
});

/** The signer that most clients make: self-signed over the key, named as the request, good for a day. */
export function createSignerIdentity(
  key: KeyObject,
  subject: string | Uint8Array,
  now: Date,
  random: RandomBytes = systemRandom,
): SignerIdentity {
  const der = createSelfSignedCertificate({
    key,
    subject,
    notBefore: new Date(now.getTime() - DAY_MS / 2),
    notAfter: new Date(now.getTime() + DAY_MS / 2),
    extensions: [keyUsageExtension(['digitalSignature', 'keyEncipherment'])],
    random,
  });
  return { key, certificate: readCertificate(der) };
}

const defaultTransactionId = ({ key }: Pick<SignerIdentity, 'key'>): string =>
  toHex(createHash('sha1').update(publicKeyDer(key)).digest());
