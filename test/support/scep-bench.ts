/**
 * @module The whole SCEP handler and a device beside it: messages with every knob of the client's codec go in, answers
 * come out checked. Keys are those of test/vectors, so that no test waits for a new one.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createCsr,
  createSelfSignedCertificate,
  decodePkiMessage,
  encodePkiMessage,
  openEnvelope,
  readCaCertificates,
  readCertificate,
  readSignedData,
  selectCaCertificates,
  verifyPkiMessage,
  type CaCertificates,
  type Certificate,
  type CsrOptions,
  type PkiMessage,
  type SignedData,
  type SignerIdentity,
} from '../../dev/scep-client/index.js';
import type { PkiMessageOptions } from '../../dev/scep-client/pki-message.js';
import type { Clock } from '../../lib/base/clock.js';
import type { MessageLimits } from '../../lib/enrollment/limits.js';
import type { Endpoint, EnrollmentService } from '../../lib/enrollment/service.js';
import { createScepHandler, type ScepHandler, type ScepOptions } from '../../lib/http/scep.js';
import { createProfile } from '../../lib/issuance/profile.js';
import type { Authority, AuthoritySource } from '../../lib/keys/authority.js';
import { createIntuneValidator } from '../../lib/validators/intune.js';
import type { CertificateStore } from '../../lib/store/store.js';
import type { Validator } from '../../lib/validators/validator.js';
import { silentLogger } from '../../lib/base/log.js';
import { createMemoryStore, type MemoryStore } from '../../dev/memory-store.js';
import { respondingWeb, type Responding } from '../../dev/web-response.js';
import { createTestService, staticEndpoint, type TestService } from './test-service.js';
import { CAPTURE_CLOCK, vectorAuthority, VECTORS } from './vectors.js';

export const CHALLENGE = 'secret123';

/** RSA-2048 keys of devices that nobody has. */
export const DEVICE_KEY: KeyObject = vectorKey('ok-nonce8');
export const OTHER_KEY: KeyObject = vectorKey('ok-tid-slash');

function vectorKey(name: string): KeyObject {
  return createPrivateKey(readFileSync(join(VECTORS, 'f-synthetic', `${name}.key.pem`)));
}

/** A throw-away identity, as devices make one for their first request. */
export function selfSigned(
  key: KeyObject,
  options: Partial<Parameters<typeof createSelfSignedCertificate>[0]> = {},
): SignerIdentity {
  const now = CAPTURE_CLOCK.now().getTime();
  const der = createSelfSignedCertificate({
    key,
    subject: 'CN=SCEP SIGNER',
    notBefore: new Date(now - 86_400_000),
    notAfter: new Date(now + 86_400_000),
    ...options,
  });
  return { key, certificate: readCertificate(der) };
}

export const DEVICE: SignerIdentity = selfSigned(DEVICE_KEY);

/** The parts of a service that endpoints are made of. */
export interface BenchParts {
  readonly authority: AuthoritySource;
  readonly certificates: MemoryStore;
  readonly clock: Clock;
}

export interface BenchOptions {
  /** `c` (default): an EC CA with an RSA RA; `b`: one RSA CA that does everything. */
  readonly keys?: 'b' | 'c';
  readonly clock?: Clock;
  readonly endpoints?: (parts: BenchParts) => readonly Endpoint[];
  readonly currentCrl?: EnrollmentService['currentCrl'];
  readonly handler?: Partial<ScepOptions>;
  readonly limits?: Partial<MessageLimits>;
  /** What stands between the service and its store. */
  readonly store?: (own: MemoryStore) => CertificateStore;
  /** What to put in place of parts of the authority. */
  readonly authority?: (own: Authority) => Authority;
}

export interface Answer {
  readonly status: number;
  /** `SUCCESS`, `FAILURE badRequest`, `HTTP 503`. */
  readonly outcome: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** The CertRep, when it is one. */
  readonly message?: PkiMessage;
}

export interface Bench extends Omit<TestService, 'store'> {
  readonly store: MemoryStore;
  readonly ca: CaCertificates;
  readonly parts: BenchParts;
  /** Sends a pkiMessage by POST; a CertRep's signature is checked. Default endpoint `static`. */
  ask(message: Uint8Array, endpoint?: string): Promise<Answer>;
  /** A PKCSReq of the device, good in every way unless a knob says otherwise. */
  build(knobs?: MessageKnobs): Uint8Array;
  /** Bodies of all answers so far. */
  readonly bodies: Uint8Array[];
}

export interface MessageKnobs extends Partial<PkiMessageOptions> {
  /** Changes to the request inside; `messageData` stands for the whole. */
  readonly csr?: Partial<CsrOptions>;
  readonly signer?: SignerIdentity;
}

/** A request for `CN=device` with the challenge of the static endpoint. */
export const deviceCsr = (changes: Partial<CsrOptions> = {}): Uint8Array =>
  createCsr({ key: DEVICE_KEY, subject: 'CN=device', challenge: CHALLENGE, ...changes });

/** Read once a process, and only if a test wants it. */
const authorities = new Map<'b' | 'c', Promise<Authority>>();

function authorityOf(keys: 'b' | 'c'): Promise<Authority> {
  const known = authorities.get(keys) ?? vectorAuthority(keys)();
  authorities.set(keys, known);
  return known;
}

export async function createBench(options: BenchOptions = {}): Promise<Bench> {
  const { keys = 'c', clock = CAPTURE_CLOCK } = options;
  const own = await authorityOf(keys);
  const changed = options.authority ? options.authority(own) : own;
  const authority: AuthoritySource = () => Promise.resolve(changed);
  const store = createMemoryStore();
  const used = options.store?.(store) ?? store;
  const parts: BenchParts = { authority, certificates: store, clock };
  const endpoints = options.endpoints?.(parts) ?? [staticEndpoint(parts), intuneEndpoint()];
  const service = createTestService({
    authority,
    store: used,
    clock,
    endpoints,
    ...(options.currentCrl ? { currentCrl: options.currentCrl } : {}),
    ...(options.limits ? { limits: options.limits } : {}),
  });
  const handle = respondingWeb(
    createScepHandler(service.service, new Map(endpoints.map((endpoint) => [endpoint.name, endpoint])), {
      maxBodyBytes: 262_144,
      maxConcurrent: 64,
      chain: 'issuer',
      ...options.handler,
    }),
  );
  const ca = await readCa(handle, endpoints[0]?.name ?? '');
  const bodies: Uint8Array[] = [];
  return {
    ...service,
    store,
    handle,
    ca,
    parts,
    bodies,
    async ask(message, endpoint = endpoints[0]?.name ?? '') {
      const answer = await readAnswer(await handle(endpoint, 'pkiclient.exe', post(message)), ca);
      bodies.push(answer.body);
      return answer;
    },
    build: (knobs) => buildMessage(ca, knobs),
  };
}

async function readCa(handle: Responding<ScepHandler>, endpoint: string): Promise<CaCertificates> {
  const response = await handle(endpoint, '', new Request('http://skep.test/?operation=GetCACert'));
  const body = new Uint8Array(await response.arrayBuffer());
  const contentType = response.headers.get('content-type') ?? '';
  return selectCaCertificates(readCaCertificates({ contentType, body } as never));
}

/** @param init what to change about the POST. */
export function post(message: Uint8Array, init: RequestInit = {}): Request {
  return new Request('http://skep.test/?operation=PKIOperation', {
    method: 'POST',
    headers: { 'content-length': String(message.length) },
    body: Buffer.from(message),
    ...init,
  });
}

export function buildMessage(ca: CaCertificates, knobs: MessageKnobs = {}): Uint8Array {
  const { csr, signer = DEVICE, ...message } = knobs;
  return encodePkiMessage({
    messageType: 'PKCSReq',
    transactionId: '4D1A',
    senderNonce: Buffer.alloc(16, 0x6e),
    messageData: 'messageData' in knobs ? undefined : deviceCsr(csr),
    recipients: [ca.encryption],
    signerKey: signer.key,
    signerCertificate: signer.certificate,
    ...message,
  });
}

/** Reads an answer; a CertRep must be signed by a certificate of GetCACert. */
export async function readAnswer(response: Response, ca: CaCertificates): Promise<Answer> {
  const body = new Uint8Array(await response.arrayBuffer());
  const { status, headers } = response;
  if (status !== 200) return { status, headers, body, outcome: `HTTP ${status}` };
  const message = decodePkiMessage(body);
  const signer = ca.signers.find(({ serialHex }) => serialHex === message.signerCertificate?.serialHex);
  if (!signer) throw new Error('the answer is not signed by a certificate of GetCACert');
  verifyPkiMessage(message, signer);
  const outcome = [message.pkiStatus, message.failInfo].filter(Boolean).join(' ');
  return { status, headers, body, message, outcome };
}

/** What a SUCCESS carries, opened with the device's key. */
export function openAnswer({ message }: Answer, signer: SignerIdentity = DEVICE): SignedData {
  if (!message?.envelope) throw new Error('there is no envelope');
  return readSignedData(openEnvelope(message.envelope, signer.key, signer.certificate));
}

/** The certificate of a SUCCESS. */
export function issuedBy(answer: Answer, signer: SignerIdentity = DEVICE): Certificate {
  const [certificate] = openAnswer(answer, signer).certificates;
  if (!certificate) throw new Error('there is no certificate');
  return certificate;
}

/** What an Intune that grants everything was asked. */
export interface IntuneCalls {
  readonly validated: Uint8Array[];
  readonly succeeded: string[];
  readonly failed: string[];
}

export const createCalls = (): IntuneCalls => ({ validated: [], succeeded: [], failed: [] });

/** Intune's validator before an Intune that says Success to everything, as the simulator would with its checks off. */
export function grantingIntune(calls: IntuneCalls = createCalls()): Validator {
  const granted = { granted: true, resultCode: 'Success' } as const;
  return createIntuneValidator({
    logger: silentLogger,
    client: {
      validateRequest: ({ csr }) => {
        calls.validated.push(csr);
        return Promise.resolve(granted);
      },
      successNotification: ({ certificateSerialNumber }) => {
        calls.succeeded.push(certificateSerialNumber);
        return Promise.resolve(granted);
      },
      failureNotification: ({ errorDescription }) => {
        calls.failed.push(errorDescription);
        return Promise.resolve(granted);
      },
    },
  });
}

/** The Intune endpoint as lib/app makes it: each challenge once, no renewal, no legacy. */
export function intuneEndpoint(overrides: Partial<Endpoint> = {}): Endpoint {
  return {
    name: 'intune',
    validator: grantingIntune(),
    profile: createProfile({ name: 'intune' }),
    claimScope: 'challenge',
    replay: { otherKey: 'refuse' },
    legacy: false,
    ...overrides,
  };
}

/** Log lines with this code; a security event is one line. */
export const linesWith = ({ log }: Bench, code: string): string[] =>
  log.map(({ line }) => line).filter((line) => line.includes(code));

/** Where a secret shows: as it is, in hex, or inside base64 at any of its three alignments. */
export function leaksOf(
  {
    log,
    journal,
    bodies,
  }: {
    readonly log: readonly { readonly line: string }[];
    readonly journal: readonly unknown[];
    readonly bodies: readonly Uint8Array[];
  },
  secret: string,
): string[] {
  const octets = Buffer.from(secret, 'latin1');
  const aligned = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), octets]).toString('base64');
    // The first and last digits mix with what stands around the secret.
    return text.slice(shift === 0 ? 0 : 4, Math.floor((shift + octets.length) / 3) * 4);
  });
  const needles = [secret, octets.toString('hex'), octets.toString('hex').toUpperCase(), ...aligned];
  const places = [
    ...log.map(({ line }) => line),
    ...journal.map((entry) => JSON.stringify(entry)),
    ...bodies.map((body) => Buffer.from(body).toString('latin1')),
  ];
  return places.filter((place) => needles.some((needle) => place.includes(needle)));
}
