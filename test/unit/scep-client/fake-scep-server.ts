/** @module A SCEP server of a few lines, made of the client's own codec: enough to answer, and to answer wrongly. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import {
  createSelfSignedCertificate,
  decodePkiMessage,
  encodeDegenerate,
  encodePkiMessage,
  generateRsaKey,
  keyUsageExtension,
  openEnvelope,
  readCertificate,
  readCsr,
  verifyPkiMessage,
  type Certificate,
  type Csr,
  type Fetch,
  type PkiMessage,
} from '../../../dev/scep-client/index.js';
import { boolean, bitString, context, integer, sequence, time } from '../../../dev/scep-client/ber-writer.js';
import { encodeExtensions, type Extension } from '../../../dev/scep-client/extensions.js';
import type { PkiMessageOptions } from '../../../dev/scep-client/pki-message.js';
import { encodeSignatureAlgorithm, signBytes } from '../../../dev/scep-client/signatures.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const END = new Date('2036-11-22T12:00:00Z');
const SCHEME = { digest: 'sha256', padding: 'pkcs1' } as const;

export interface FakeAuthority {
  readonly key: KeyObject;
  readonly certificate: Certificate;
}

/** A CA in CA mode. */
export async function createFakeAuthority(): Promise<FakeAuthority> {
  const key = await generateRsaKey();
  const constraints: Extension = { oid: '2.5.29.19', critical: true, value: sequence(boolean(true)) };
  const der = createSelfSignedCertificate({
    key,
    subject: 'CN=Fake CA',
    notBefore: NOW,
    notAfter: END,
    extensions: [
      constraints,
      keyUsageExtension(['digitalSignature', 'keyEncipherment', 'keyCertSign', 'cRLSign']),
    ],
  });
  return {
    key: createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' })),
    certificate: readCertificate(der),
  };
}

/** A certificate for any key. */
export function issue(
  authority: FakeAuthority,
  subjectDer: Uint8Array,
  spki: Uint8Array,
  extensions: readonly Extension[] = [],
): Uint8Array {
  const algorithm = encodeSignatureAlgorithm(SCHEME);
  const tbs = sequence(
    context(0, integer(2)),
    integer(Uint8Array.of(0x90, 0x0d, 0xca, 0xfe)),
    algorithm,
    authority.certificate.subjectDer,
    sequence(time(NOW), time(END)),
    subjectDer,
    spki,
    context(3, encodeExtensions([keyUsageExtension(['digitalSignature', 'keyEncipherment']), ...extensions])),
  );
  return sequence(tbs, algorithm, bitString(signBytes(authority.key, SCHEME, tbs)));
}

/** A CRL without entries. */
export function emptyCrl(authority: FakeAuthority): Uint8Array {
  const algorithm = encodeSignatureAlgorithm(SCHEME);
  const tbs = sequence(integer(1), algorithm, authority.certificate.subjectDer, time(NOW), time(END));
  return sequence(tbs, algorithm, bitString(signBytes(authority.key, SCHEME, tbs)));
}

/** What the server does with a request it could open: changes to a SUCCESS. */
export type Answer = Partial<PkiMessageOptions>;

export interface FakeServer {
  readonly fetch: Fetch;
  /** `GET /path?query` or `POST …` of every request, in order. */
  readonly log: string[];
  readonly headers: Headers[];
  readonly messages: PkiMessage[];
  readonly requests: Csr[];
}

export interface FakeServerOptions {
  readonly capabilities?: string;
  readonly caContentType?: string;
  readonly caBody?: Uint8Array;
  /** Status per PKIOperation; 200 when the list is used up. */
  readonly statuses?: number[];
  readonly answer?: (message: PkiMessage, data: Uint8Array) => Answer;
}

export function createFakeServer(authority: FakeAuthority, options: FakeServerOptions = {}): FakeServer {
  const server: Omit<FakeServer, 'fetch'> = { log: [], headers: [], messages: [], requests: [] };
  const statuses = [...(options.statuses ?? [])];

  const operate = (bytes: Uint8Array): Response => {
    const status = statuses.shift() ?? 200;
    if (status !== 200) return new Response('no', { status });
    const message = decodePkiMessage(bytes);
    verifyPkiMessage(message);
    server.messages.push(message);
    const data = openEnvelope(message.envelope ?? new Uint8Array(), authority.key, authority.certificate);
    const isRequest = message.messageType === 19 || message.messageType === 17;
    const csr = isRequest ? readCsr(data) : undefined;
    if (csr) server.requests.push(csr);
    const body = encodeAnswer(authority, message, {
      ...(csr ? { messageData: encodeDegenerate([issue(authority, csr.subjectDer, csr.spki)]) } : {}),
      ...options.answer?.(message, data),
    });
    return new Response(new Uint8Array(body), { headers: { 'content-type': 'application/x-pki-message' } });
  };

  const fetch: Fetch = (input, init) => {
    const url = new URL(input);
    server.log.push(`${init.method ?? 'GET'} ${url.pathname}${url.search.slice(0, 60)}`);
    server.headers.push(new Headers(init.headers));
    const operation = url.searchParams.get('operation');
    if (operation === 'GetCACaps') {
      return Promise.resolve(new Response(options.capabilities ?? 'AES\nPOSTPKIOperation\nSHA-256\n'));
    }
    if (operation === 'GetCACert') {
      const headers = { 'content-type': options.caContentType ?? 'application/x-x509-ca-cert' };
      const body = new Uint8Array(options.caBody ?? authority.certificate.der);
      return Promise.resolve(new Response(body, { headers }));
    }
    const message = url.searchParams.get('message');
    return Promise.resolve(
      operate(message === null ? (init.body as Uint8Array) : Buffer.from(message, 'base64')),
    );
  };
  return { ...server, fetch };
}

function encodeAnswer(authority: FakeAuthority, request: PkiMessage, changes: Answer): Uint8Array {
  const recipient = request.signerCertificate;
  if (!recipient) throw new Error('the request encloses no certificate');
  return encodePkiMessage({
    messageType: 'CertRep',
    transactionId: request.transactionId,
    senderNonce: Buffer.from('0123456789abcdef'),
    recipientNonce: request.senderNonce ?? new Uint8Array(),
    pkiStatus: 'SUCCESS',
    messageData: undefined,
    recipients: [recipient],
    signerKey: authority.key,
    signerCertificate: authority.certificate,
    ...changes,
  });
}
