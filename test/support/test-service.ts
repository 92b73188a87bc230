/** @module A whole enrollment service with parts that a test may replace: the default system under test. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/base/clock.js';
import { createLogger, type LogLevel } from '../../lib/base/log.js';
import { MESSAGE_LIMITS, type MessageLimits } from '../../lib/enrollment/limits.js';
import type { Endpoint, EnrollmentService } from '../../lib/enrollment/service.js';
import { createScepHandler, type ScepHandler } from '../../lib/http/scep.js';
import { createProfile } from '../../lib/issuance/profile.js';
import type { JournalEntry } from '../../lib/journal/recorder.js';
import type { AuthoritySource } from '../../lib/keys/authority.js';
import type { CertificateStore } from '../../lib/store/store.js';
import { createRenewalValidator } from '../../lib/validators/renewal.js';
import { createStaticValidator } from '../../lib/validators/static.js';
import { createMemoryStore } from '../../dev/memory-store.js';
import { respondingWeb, type Responding } from '../../dev/web-response.js';

export interface TestService {
  readonly service: EnrollmentService;
  readonly handle: Responding<ScepHandler>;
  readonly store: CertificateStore;
  readonly journal: JournalEntry[];
  /** Serial numbers whose revocation was announced. */
  readonly announced: string[];
  readonly log: { readonly level: LogLevel; readonly line: string }[];
}

export interface TestServiceOptions {
  readonly authority: AuthoritySource;
  readonly clock?: Clock;
  readonly store?: CertificateStore;
  readonly endpoints?: readonly Endpoint[];
  readonly currentCrl?: EnrollmentService['currentCrl'];
  /** What differs from the defaults. */
  readonly limits?: Partial<MessageLimits>;
}

/** An endpoint `static` with challenge `secret123`, renewal on; the vectors were captured with that challenge. */
export function staticEndpoint(
  parts: { authority: AuthoritySource; certificates: CertificateStore; clock: Clock },
  overrides: Partial<Endpoint> = {},
): Endpoint {
  return {
    name: 'static',
    validator: createStaticValidator({ challenge: 'secret123' }),
    renewal: createRenewalValidator(parts),
    profile: createProfile({ name: 'static' }),
    claimScope: 'request',
    replay: { otherKey: 'refuse', windowMs: 3_600_000 },
    legacy: false,
    ...overrides,
  };
}

export function createTestService(options: TestServiceOptions): TestService {
  const { authority, clock = { now: () => new Date() }, store = createMemoryStore() } = options;
  const journal: JournalEntry[] = [];
  const announced: string[] = [];
  const log: { level: LogLevel; line: string }[] = [];
  const service: EnrollmentService = {
    authority,
    store,
    announceRevocation: (serialNumber) => announced.push(serialNumber),
    currentCrl: options.currentCrl ?? (() => Promise.reject(new Error('this test has no CRL'))),
    journal: {
      record: (entry) => {
        journal.push(entry);
        return Promise.resolve();
      },
    },
    limits: { ...MESSAGE_LIMITS, ...options.limits },
    clock,
    random: randomBytes,
    logger: createLogger((level, line) => log.push({ level, line }), 'debug'),
  };
  const endpoints = options.endpoints ?? [staticEndpoint({ authority, certificates: store, clock })];
  const handle = respondingWeb(
    createScepHandler(service, new Map(endpoints.map((endpoint) => [endpoint.name, endpoint])), {
      maxBodyBytes: 262_144,
      maxConcurrent: 64,
      chain: 'issuer',
    }),
  );
  return { service, handle, store, journal, announced, log };
}

export function postMessage(message: Uint8Array): Request {
  return new Request('http://skep.test/static/pkiclient.exe?operation=PKIOperation', {
    method: 'POST',
    headers: { 'content-type': 'application/x-pki-message', 'content-length': String(message.length) },
    body: Buffer.from(message),
  });
}
