/**
 * @module Intune's queue of certificates to revoke, worked off: download, revoke, publish, and only then report.
 *
 * Whether Intune hands a request out once or until it is reported is not documented, so all of this may be repeated:
 * what is revoked already counts as done.
 */
import type { Clock } from '../base/clock.js';
import type { ErrorCode } from '../base/error-codes.js';
import { SkepError, toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { singleFlight } from '../base/single-flight.js';
import { type OutOfTime, startTimeBox, type TimeBox } from '../base/time-box.js';
import type { AuthoritySource } from '../keys/authority.js';
import { parseCertificate } from '../pki/certificate.js';
import { formatName } from '../pki/name.js';
import type { CertificateReader } from '../store/store.js';
import type { IntuneCheck } from './intunes-own.js';
import type { BatchReport, RevocationOutcome, Revoker } from './revoker.js';
import { parseSerialNumber } from './serial-number.js';

/** Intune's names for what can become of a request; the retryable ones make it ask again. */
type FailureName =
  | 'CertificateNotFoundError'
  | 'ParameterDataInvalidError'
  | 'ConflictError'
  | 'NotSupportedError'
  | 'RetryableServiceException'
  | 'ServiceUnavailableException';

interface QueuedRequest {
  readonly requestContext: string;
  readonly serialNumber: string;
}

type Result = { readonly requestContext: string } & (
  { readonly succeeded: true } | { readonly succeeded: false; readonly errorCode: FailureName }
);

/** What this needs of Intune's client. */
export interface IntuneQueueSource {
  downloadRevocationRequests(parameters: {
    readonly maxRequests: number;
    readonly issuerName?: string;
  }): Promise<readonly QueuedRequest[]>;
  uploadRevocationResults(results: readonly [Result, ...Result[]]): Promise<void>;
}

export type IntuneQueueReport = {
  readonly requests: number;
  /** Revoked, now or before. */
  readonly succeeded: number;
  readonly failed: number;
} & OutOfTime;

export interface IntuneQueueParts {
  readonly source: IntuneQueueSource;
  readonly authority: AuthoritySource;
  readonly certificates: CertificateReader;
  readonly revoker: Pick<Revoker, 'apply'>;
  /** Others' certificates are not Intune's to revoke. */
  readonly isIntunes: IntuneCheck;
  readonly clock: Clock;
  readonly logger: Logger;
  /** After this no further batch begins; the next run goes on. */
  readonly budgetMs: number;
  /** 1 to 500, which is Intune's own limit. Default 500. */
  readonly batchSize?: number;
}

/**
 * @returns works the queue off until it is empty or the time is up; calls while one is at work share it.
 *   Throws what Intune's client throws; then the rest is left to the next run.
 */
export function createIntuneQueue(parts: IntuneQueueParts): () => Promise<IntuneQueueReport> {
  const { source, certificates, revoker, clock, logger } = parts;
  const { batchSize = 500 } = parts;

  async function readTarget({ serialNumber: text }: QueuedRequest): Promise<Target> {
    const serialNumber = parseSerialNumber(text);
    if (serialNumber === undefined) return { errorCode: 'ParameterDataInvalidError' };
    try {
      const record = await certificates.get(serialNumber);
      if (!record) return { errorCode: 'CertificateNotFoundError' };
      return parts.isIntunes(record) ? { serialNumber } : { errorCode: 'NotSupportedError' };
    } catch (thrown) {
      return { errorCode: failureName(toSkepError(thrown).code) };
    }
  }

  async function settle(requests: readonly QueuedRequest[]): Promise<Result[]> {
    const targets = await Promise.all(requests.map(readTarget));
    const accepted = [...new Set(targets.flatMap((target) => target.serialNumber ?? []))];
    const report = await revoker.apply(
      accepted.map((serialNumber) => ({ action: 'revoke', serialNumber, reason: REASON, by: 'intune' })),
    );
    const outcomes = new Map(accepted.map((serialNumber, i) => [serialNumber, report.results[i]]));
    return requests.map(({ requestContext, serialNumber }, i): Result => {
      const target = targets[i] ?? { errorCode: 'RetryableServiceException' };
      const errorCode = target.errorCode ?? judge(outcomes.get(target.serialNumber), report);
      if (!errorCode) return { requestContext, succeeded: true };
      logger.warn('A revocation that Intune asked for failed', { errorCode, serialNumber });
      return { requestContext, succeeded: false, errorCode };
    });
  }

  async function workOff(issuerName: string, time: TimeBox, total: Total): Promise<void> {
    const seen = new Set<string>();
    while (time.mayGoOn()) {
      const requests = await source.downloadRevocationRequests({ maxRequests: batchSize, issuerName });
      // The same again and nothing else: what is left must wait for the next run.
      if (requests.every(({ requestContext }) => seen.has(requestContext))) return;
      const [first, ...rest] = (await settle(requests)).filter(isAnswerable);
      if (!first) return;
      await source.uploadRevocationResults([first, ...rest]);
      for (const { requestContext } of requests) seen.add(requestContext);
      total.add([first, ...rest]);
    }
  }

  return singleFlight(async () => {
    const time = startTimeBox(clock, parts.budgetMs);
    const total = createTotal();
    for (const name of await issuerNames(parts.authority)) await workOff(name, time, total);
    return { ...total.report(), ...time.verdict() };
  });
}

/** Without its context there is nothing to answer to; what it asks for is done all the same. */
const isAnswerable = ({ requestContext }: Result): boolean => requestContext !== '';

/** Where a request leads: to one of our certificates, or to its refusal. */
type Target =
  | { readonly serialNumber: string; readonly errorCode?: never }
  | { readonly errorCode: FailureName; readonly serialNumber?: never };

/** Intune names none. What stands behind it is a device that was wiped, retired or unassigned. */
const REASON = 'cessationOfOperation';

type Total = ReturnType<typeof createTotal>;

function createTotal() {
  let requests = 0;
  let succeeded = 0;
  return {
    add(results: readonly Result[]): void {
      requests += results.length;
      succeeded += results.filter((result) => result.succeeded).length;
    },
    report: (): IntuneQueueReport => ({ requests, succeeded, failed: requests - succeeded }),
  };
}

/** Also those of CAs before the present one: their certificates live on. */
async function issuerNames(authority: AuthoritySource): Promise<ReadonlySet<string>> {
  const { issuer, trusted } = await authority();
  const certificates = [issuer.certificate, ...trusted];
  return new Set(certificates.map((certificate) => formatName(parseCertificate(certificate).subject)));
}

/** Without a CRL the revocation is half done: Intune asks again, and then the CRL is published again. */
function judge(
  outcome: RevocationOutcome | SkepError | undefined,
  { published }: BatchReport,
): FailureName | undefined {
  if (outcome === undefined) return 'RetryableServiceException';
  if (outcome instanceof SkepError) return failureName(outcome.code);
  return published ? undefined : 'ServiceUnavailableException';
}

const FAILURE_NAMES: Partial<Record<ErrorCode, FailureName>> = {
  ERR_CERT_UNKNOWN: 'CertificateNotFoundError',
  ERR_STATE: 'ConflictError',
};

/** Whatever else it is, to be asked again is better than to forget a certificate that should be revoked. */
function failureName(code: ErrorCode): FailureName {
  return FAILURE_NAMES[code] ?? 'RetryableServiceException';
}
