/**
 * @module Management: search, look, revoke, hold, release, read the journal and the issuance log. JSON over HTTPS, for people's tools.
 *
 * Callers show an Entra token with the app role that a route names; there is no other way in, and no key in a URL.
 * What people search for goes in bodies, so that names and devices do not end up in access logs.
 */
import type { Clock } from '../base/clock.js';
import { ERRORS } from '../base/error-codes.js';
import { SkepError, toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { summarizeFailures } from '../journal/failures.js';
import type { JournalReader } from '../journal/recorder.js';
import type { LedgerReader } from '../ledger/ledger.js';
import type { RevocationOutcome, Revoker } from '../revocation/revoker.js';
import { parseSerialNumber } from '../revocation/serial-number.js';
import type { CertificateSearch } from '../store/store.js';
import type { BearerVerifier, VerifiedCaller } from './bearer.js';
import { runHealthChecks, type HealthSource } from './health.js';
import type { HttpAnswer, HttpRequest } from './http.js';
import { readJson, respondJson, respondJsonError } from './json.js';
import { parseCertificateQuery, parseJournalQuery, parseLogQuery, parseRevocation } from './manage-input.js';
import { viewCertificate, viewWholeCertificate } from './manage-views.js';

export const READ_ROLE = 'Certificates.Read';
export const REVOKE_ROLE = 'Certificates.Revoke';

export interface ManagementParts {
  readonly verify: BearerVerifier;
  readonly certificates: CertificateSearch;
  readonly revoker: Pick<Revoker, 'revoke' | 'hold' | 'release'>;
  readonly journal: JournalReader;
  readonly clock: Clock;
  readonly health: readonly HealthSource[];
  readonly version: string;
  readonly ledger: Pick<LedgerReader, 'read'>;
  readonly logger: Logger;
}

/** @param path what follows `manage/`. */
export type ManagementHandler = (path: string, request: HttpRequest) => Promise<HttpAnswer>;

interface Call {
  readonly caller: VerifiedCaller;
  /** The serial number in the path, where there is one. */
  readonly serialNumber: string;
  /** Reads the body. */
  readonly json: () => Promise<unknown>;
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly role: typeof READ_ROLE | typeof REVOKE_ROLE;
  /** @returns what is answered, with 200. */
  readonly handle: (call: Call) => Promise<unknown>;
}

const MAX_BODY_BYTES = 16 * 1024;
/** Of one certificate's history; the journal's own search has the rest. */
const JOURNAL_SHOWN = 20;

/**
 * - `POST certificates/search`: `{ serialNumber | thumbprint | subject | deviceId | user | transactionId | state |
 *   expiresAfter, expiresBefore; limit?, continuation? }` → `{ certificates, continuation? }`
 * - `GET certificates/{serial}` → `{ certificate, journal }`
 * - `POST certificates/{serial}/revoke`: `{ reason? }`; `…/hold`, `…/release`: no body → `{ certificate, changed }`
 * - `POST journal/search`: `{ transactionId | serialNumber | deviceId | from, until; limit?, continuation? }` →
 *   `{ entries, continuation? }`
 * - `GET failures` → `{ since, causes: [{ code, count, lastAt }], succeeded, complete }`, of the last 24 hours
 * - `GET health` → `{ ok, version, parts }`: 200 even when something is wrong, since the call itself succeeded
 * - `POST log/read`: `{ from, limit? }` → `{ lines }`, of the issuance log, in their order
 *
 * 401, 403: not this caller. 400, 405, 413: not this request. 404: no such route or certificate. 409: it was changed
 * meanwhile, or is not on hold. 503 with Retry-After: not now.
 */
export function createManagementHandler(parts: ManagementParts): ManagementHandler {
  const { logger } = parts;
  const routes = createRoutes(parts);

  async function handle(path: string, request: HttpRequest, seen: { caller?: string }): Promise<HttpAnswer> {
    const candidates = routes.flatMap((route) => {
      const match = route.path.exec(path);
      return match ? [{ route, match }] : [];
    });
    if (candidates.length === 0) throw new SkepError('ERR_HTTP_PATH');
    const chosen = candidates.find(({ route }) => route.method === request.method);
    if (!chosen) {
      const allow = candidates.map(({ route }) => route.method).join(', ');
      return respondJsonError(new SkepError('ERR_HTTP_METHOD', { detail: request.method }), { allow });
    }
    const { route, match } = chosen;
    const caller = await parts.verify(request.headers.get('authorization'), route.role);
    seen.caller = caller.id;
    const call: Call = {
      caller,
      serialNumber: readSerialNumber(match[1]),
      json: () => readJson(request, MAX_BODY_BYTES),
    };
    return respondJson(200, await route.handle(call));
  }

  return async (path, request) => {
    const seen: { caller?: string } = {};
    try {
      return await handle(path, request, seen);
    } catch (thrown) {
      const error = toSkepError(thrown);
      const { code, detail } = error;
      const cause = error.cause instanceof Error ? error.cause.message : undefined;
      logger[ERRORS[code].kind === 'client' ? 'info' : 'warn']('A management call failed', {
        code,
        detail,
        method: request.method,
        path,
        caller: seen.caller,
        cause,
      });
      return respondJsonError(error);
    }
  };
}

function createRoutes(parts: ManagementParts): readonly Route[] {
  const { certificates, revoker, journal, ledger, health, version, clock, logger } = parts;
  const change =
    (action: string, work: (call: Call, by: string) => Promise<RevocationOutcome>) => async (call: Call) => {
      const { caller, serialNumber } = call;
      const { record, changed } = await work(call, `person:${caller.id}`);
      // The audit line: who did what to which certificate. One for each change that was asked for, made or not.
      logger.info('Audit: a certificate was managed', {
        action,
        serialNumber,
        changed,
        state: record.state,
        reason: record.revocation?.reason,
        caller: caller.id,
        callerName: caller.name,
        callerApp: caller.appId,
      });
      return { certificate: viewCertificate(record), changed };
    };

  return [
    {
      method: 'POST',
      path: /^certificates\/search$/,
      role: READ_ROLE,
      async handle({ json }) {
        const wanted = parseCertificateQuery(await json());
        if ('serialNumber' in wanted) {
          const record = await certificates.get(wanted.serialNumber);
          return { certificates: record ? [viewCertificate(record)] : [] };
        }
        const { records, continuation } = await certificates.search(wanted.query);
        return { certificates: records.map(viewCertificate), continuation };
      },
    },
    {
      method: 'GET',
      path: /^certificates\/([^/]+)$/,
      role: READ_ROLE,
      async handle({ serialNumber }) {
        const record = await certificates.get(serialNumber);
        if (!record) throw new SkepError('ERR_CERT_UNKNOWN', { detail: serialNumber });
        const { entries } = await journal.search({ by: { serialNumber }, limit: JOURNAL_SHOWN });
        return { certificate: viewWholeCertificate(record), journal: entries };
      },
    },
    {
      method: 'POST',
      path: /^certificates\/([^/]+)\/revoke$/,
      role: REVOKE_ROLE,
      handle: change('revoke', async ({ serialNumber, json }, by) =>
        revoker.revoke(serialNumber, parseRevocation(await json()).reason, by),
      ),
    },
    {
      method: 'POST',
      path: /^certificates\/([^/]+)\/hold$/,
      role: REVOKE_ROLE,
      handle: change('hold', ({ serialNumber }, by) => revoker.hold(serialNumber, by)),
    },
    {
      method: 'POST',
      path: /^certificates\/([^/]+)\/release$/,
      role: REVOKE_ROLE,
      handle: change('release', ({ serialNumber }, by) => revoker.release(serialNumber, by)),
    },
    {
      method: 'POST',
      path: /^journal\/search$/,
      role: READ_ROLE,
      async handle({ json }) {
        return journal.search(parseJournalQuery(await json()));
      },
    },
    {
      method: 'GET',
      path: /^health$/,
      role: READ_ROLE,
      async handle() {
        const { ok, parts: found } = await runHealthChecks(health, { withDetail: true });
        return { ok, version, parts: found };
      },
    },
    {
      method: 'GET',
      path: /^failures$/,
      role: READ_ROLE,
      handle: () => summarizeFailures(journal, clock),
    },
    {
      method: 'POST',
      path: /^log\/read$/,
      role: READ_ROLE,
      async handle({ json }) {
        const { from, limit } = parseLogQuery(await json());
        return { lines: await ledger.read(from, limit) };
      },
    },
  ];
}

/** @throws {SkepError} `ERR_CERT_UNKNOWN` for what cannot be a serial number: no certificate has that name. */
function readSerialNumber(text: string | undefined): string {
  if (text === undefined) return '';
  const serialNumber = parseSerialNumber(text);
  if (serialNumber === undefined) throw new SkepError('ERR_CERT_UNKNOWN', { detail: 'no serial number' });
  return serialNumber;
}
