/** @module The page for people: what works, what does not, and where things are. */
import { createHash } from 'node:crypto';
import { toHex } from '../base/bytes.js';
import { DAY_MS, type Clock } from '../base/clock.js';
import { toSkepError } from '../base/errors.js';
import { summarizeFailures, type RecentFailures } from '../journal/failures.js';
import type { JournalReader } from '../journal/recorder.js';
import type { AuthoritySource } from '../keys/authority.js';
import { parseCertificate } from '../pki/certificate.js';
import { formatName } from '../pki/name.js';
import type { BearerVerifier } from './bearer.js';
import { runHealthChecks, type HealthSource } from './health.js';
import { respond, respondError, type HttpAnswer, type HttpRequest } from './http.js';
import { READ_ROLE } from './manage.js';
import { formatStatusPage, type ShownCertificate, type StatusView } from './status-page.js';

export interface StatusOptions {
  readonly checks: readonly HealthSource[];
  readonly authority: AuthoritySource;
  readonly version: string;
  /** Of the SCEP endpoints, whole: for people to copy. */
  readonly scepUrls: readonly { readonly name: string; readonly url: string }[];
  readonly journal: JournalReader;
  readonly clock: Clock;
  /** Who may see more. Absent: nobody can sign in. */
  readonly verify?: BearerVerifier;
}

/**
 * Anonymous visitors see only what a device could learn anyway. A caller with a token that has the role
 * `Certificates.Read` also sees the details of each part, and what failed lately. A token that will not do is refused,
 * so that nobody takes the shorter page for the whole.
 */
export function createStatusHandler(options: StatusOptions): (request: HttpRequest) => Promise<HttpAnswer> {
  return async (request) => {
    try {
      const isSignedIn = await authenticate(request, options.verify);
      return respond(200, formatStatusPage(await look(options, isSignedIn)), 'text/html; charset=utf-8', {
        'cache-control': 'no-store',
        'content-security-policy':
          "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
      });
    } catch (thrown) {
      return respondError(toSkepError(thrown));
    }
  };
}

async function authenticate({ headers }: HttpRequest, verify: BearerVerifier | undefined): Promise<boolean> {
  const authorization = headers.get('authorization');
  if (!verify || authorization === null) return false;
  await verify(authorization, READ_ROLE);
  return true;
}

async function look(options: StatusOptions, isSignedIn: boolean): Promise<StatusView> {
  const { checks, authority, version, scepUrls, journal, clock } = options;
  const [{ ok, parts }, certificates, failures] = await Promise.all([
    runHealthChecks(checks, { withDetail: isSignedIn }),
    showCertificates(authority, clock),
    isSignedIn ? recentFailures(journal, clock) : undefined,
  ]);
  return { ok, parts, scepUrls, certificates, version, ...(failures ? { failures } : {}) };
}

/** A store that is away is said among the parts; the page is there all the same. */
async function recentFailures(journal: JournalReader, clock: Clock): Promise<RecentFailures | undefined> {
  try {
    return await summarizeFailures(journal, clock);
  } catch {
    return undefined;
  }
}

async function showCertificates(
  authority: AuthoritySource,
  clock: Clock,
): Promise<StatusView['certificates']> {
  try {
    const { issuer, recipients, mode, next = [] } = await authority();
    return [
      showCertificate('CA', issuer.certificate, clock),
      ...(mode === 'ra' ? [showCertificate('RA', recipients[0].certificate, clock)] : []),
      ...next.slice(0, 1).map((der) => showCertificate('next CA', der, clock)),
    ];
  } catch (thrown) {
    return `${toSkepError(thrown).code}: there is no CA certificate to show.`;
  }
}

function showCertificate(role: ShownCertificate['role'], der: Uint8Array, clock: Clock): ShownCertificate {
  const { subject, notAfter } = parseCertificate(der);
  const hash = (algorithm: string) => toHex(createHash(algorithm).update(der).digest());
  return {
    role,
    name: formatName(subject),
    notAfter,
    daysLeft: Math.floor((notAfter.getTime() - clock.now().getTime()) / DAY_MS),
    sha1: hash('sha1'),
    sha256: hash('sha256'),
  };
}
