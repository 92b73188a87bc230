/** @module One run of dmcertinst against one server: GetCACaps, GetCACert, PKIOperation. */
import { createHash, type KeyObject } from 'node:crypto';
import { toHex } from '../../lib/base/bytes.js';
import { DAY_MS, MINUTE_MS, type Clock } from '../../lib/base/clock.js';
import type { RandomBytes } from '../../lib/base/random.js';
import {
  authorityKeyIdentifierExtension,
  createCsr,
  createSelfSignedCertificate,
  createTransport,
  encodeName,
  encodePkiMessage,
  keyUsageExtension,
  parseCapabilities,
  publicKeyDer,
  readCaCertificates,
  readCertificate,
  readCertRep,
  selectCaCertificates,
  type CaCertificates,
  type CertRep,
  type Certificate,
  type CipherName,
  type CsrOptions,
  type Fetch,
  type KeyTransportName,
} from '../scep-client/index.js';
import { issuedCertificate } from '../scep-client/cert-rep.js';
import { assertOk, type Transport } from '../scep-client/transport.js';
import type { PkiMessageOptions } from '../scep-client/pki-message.js';
import { encodeIssuerAndSubject } from '../scep-client/query-data.js';
import { KEY_PROVIDERS, type KeyProviderName } from './key-providers.js';
import { chooseWindowsDigest, type ScepSettings } from './scep-settings.js';
import type { WindowsEventSink } from './windows-events.js';
import { windowsAttributes } from './windows-attributes.js';

/** The User-Agent of Windows 11's SCEP client. */
export const NDES_USER_AGENT = 'Mozilla/4.0 (compatible; Win32; NDES client 10.0.26100.1742/ge_release)';

export interface AttemptContext {
  readonly settings: ScepSettings;
  readonly serverUrl: string;
  readonly key: KeyObject;
  readonly keyProvider: KeyProviderName;
  readonly fetch: Fetch;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly sleep: (delayMs: number) => Promise<void>;
  readonly emit: WindowsEventSink;
  readonly keyTransport: KeyTransportName;
  readonly cipher: CipherName | undefined;
  readonly computerName: string;
  /** Changes to what a genuine device would ask for: the attacks. */
  readonly request: Partial<CsrOptions>;
  readonly message: Partial<PkiMessageOptions>;
}

export type AttemptResult =
  | { readonly status: 'installed'; readonly certificate: Certificate }
  | { readonly status: 'pending' }
  | { readonly status: 'refused'; readonly reply: Extract<CertRep, { status: 'FAILURE' }> };

/** @throws {ScepClientError} for everything but a signed answer. */
export async function attemptEnrollment(context: AttemptContext): Promise<AttemptResult> {
  const { settings, emit } = context;
  // Windows always appends the name of NDES's page, even to a URL that ends in it.
  const transport = createTransport({
    url: `${context.serverUrl.replace(/\/$/, '')}/pkiclient.exe`,
    fetch: context.fetch,
    userAgent: context.userAgent,
    caIdentifier: 'default',
  });
  const caps = assertOk(await transport.get('GetCACaps'), 'GetCACaps');
  const capabilities = parseCapabilities(Buffer.from(caps.body).toString('latin1'));
  emit({ type: 'capabilities', url: transport.urlOf('GetCACaps', 'default'), words: [...capabilities] });
  const ca = await fetchCaCertificates(transport, context);

  const csr = makeRequest(context);
  const signer = makeSigner(context);
  emit({
    type: 'request-made',
    eventId: 36,
    subject: settings.subjectName,
    keyLength: settings.keyLength,
    keyProvider: KEY_PROVIDERS[context.keyProvider].displayName,
    signer: signer.subject,
    size: csr.length,
  });
  const exchange = createExchange(context, transport, capabilities, ca, signer);
  let reply = await exchange('PKCSReq', csr);
  for (let retry = 0; reply.status === 'PENDING' && retry < settings.retryCount; retry++) {
    const delayMs = settings.retryDelayMinutes * MINUTE_MS;
    emit({ type: 'waiting', delayMs, because: 'pending' });
    await context.sleep(delayMs);
    reply = await exchange('CertPoll', encodeIssuerAndSubject(ca.ca.subjectDer, subjectOf(context)));
  }
  if (reply.status === 'PENDING') return { status: 'pending' };
  if (reply.status === 'FAILURE') return { status: 'refused', reply };
  return {
    status: 'installed',
    certificate: issuedCertificate(reply.payload, ca.ca, publicKeyDer(context.key)),
  };
}

async function fetchCaCertificates(
  transport: Transport,
  { settings, emit }: AttemptContext,
): Promise<CaCertificates> {
  const answer = assertOk(await transport.get('GetCACert'), 'GetCACert');
  const ca = selectCaCertificates(readCaCertificates(answer), {
    caThumbprint: settings.caThumbprint,
    strictKeyUsage: true,
  });
  emit({
    type: 'ca-certificates',
    url: transport.urlOf('GetCACert', 'default'),
    subjects: ca.all.map(({ subject }) => subject),
    caThumbprint: ca.ca.thumbprint,
    recipient: ca.encryption.subject,
  });
  return ca;
}

const subjectOf = ({ settings }: AttemptContext): Uint8Array =>
  encodeName(settings.subjectName, { order: 'as-written' });

function makeRequest(context: AttemptContext): Uint8Array {
  const { settings, key } = context;
  return createCsr({
    key,
    subject: subjectOf(context),
    ...(settings.challenge === '' ? {} : { challenge: settings.challenge }),
    keyUsage: settings.keyUsage,
    extendedKeyUsage: settings.extendedKeyUsage,
    ...(settings.subjectAltNames.length > 0 ? { subjectAltNames: settings.subjectAltNames } : {}),
    ...(settings.validity ? { validity: settings.validity } : {}),
    extraAttributes: windowsAttributes(context.computerName, KEY_PROVIDERS[context.keyProvider].displayName),
    ...context.request,
  });
}

/** Windows' throw-away signer. Its critical key identifier is against RFC 5280, and is what Windows sends. */
function makeSigner({ key, clock, random }: AttemptContext): Certificate {
  const keyId = createHash('sha1').update(publicKeyDer(key)).digest();
  const now = clock.now().getTime();
  const der = createSelfSignedCertificate({
    key,
    subject: 'CN=SCEP Protocol Certificate',
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + DAY_MS),
    extensions: [
      keyUsageExtension(['digitalSignature', 'keyEncipherment']),
      authorityKeyIdentifierExtension(keyId, true),
    ],
    random,
  });
  return readCertificate(der);
}

function createExchange(
  context: AttemptContext,
  transport: Transport,
  capabilities: ReadonlySet<string>,
  ca: CaCertificates,
  signer: Certificate,
): (messageType: 'PKCSReq' | 'CertPoll', messageData: Uint8Array) => Promise<CertRep> {
  const { key, emit, random, keyTransport } = context;
  const standard = capabilities.has('SCEPStandard');
  const method = standard || capabilities.has('POSTPKIOperation') ? 'POST' : 'GET';
  const digest = chooseWindowsDigest(context.settings.hashFamilies, capabilities);
  const cipher = context.cipher ?? (standard || capabilities.has('AES') ? 'aes256' : 'des3');
  const transactionId = toHex(createHash('sha1').update(publicKeyDer(key)).digest());
  return async (messageType, messageData) => {
    const senderNonce = random(16);
    const pkiMessage = encodePkiMessage({
      messageType,
      transactionId,
      senderNonce,
      messageData,
      recipients: [ca.encryption],
      signerKey: key,
      signerCertificate: signer,
      digest,
      cipher,
      keyTransport,
      random,
      ...context.message,
    });
    const url = transport.urlOf('PKIOperation');
    const size = pkiMessage.length;
    emit({ type: 'request-sent', url, method, size, transactionId, digest, cipher, keyTransport });
    const answer = assertOk(await transport.send(pkiMessage, method), 'PKIOperation');
    const reply = readCertRep(answer.body, {
      transactionId,
      senderNonce,
      ca,
      signerKey: key,
      signerCertificate: signer,
    });
    const { failInfo, failInfoText } = reply.message;
    emit({
      type: 'answer',
      pkiStatus: reply.status,
      ...(failInfo ? { failInfo } : {}),
      ...(failInfoText === undefined ? {} : { failInfoText }),
    });
    return reply;
  };
}
