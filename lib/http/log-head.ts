/** @module The head of the issuance log, for everybody: who keeps one can later prove that nothing before it was changed. */
import { toSkepError } from '../base/errors.js';
import { MINUTE_MS, type Clock } from '../base/clock.js';
import type { LedgerReader, StoredHead } from '../ledger/ledger.js';
import { refuseMethod, respondDocument } from './document.js';
import { respondError, type HttpAnswer, type HttpRequest } from './http.js';

/** Anybody may ask, so the store is not asked for everybody who does. The timer appends once a minute anyway. */
const MEMORY_MS = MINUTE_MS / 4;

/** Answers `{ count, hash, at }`; `at` is absent while the log is empty. */
export function createLogHeadHandler(
  ledger: Pick<LedgerReader, 'head'>,
  clock: Clock,
): (request: HttpRequest) => Promise<HttpAnswer> {
  let known: { readonly head: Promise<StoredHead>; readonly until: number } | undefined;

  function read(): Promise<StoredHead> {
    const now = clock.now().getTime();
    if (!known || now >= known.until) {
      const head = ledger.head();
      known = { head, until: now + MEMORY_MS };
      head.catch(() => (known = undefined));
    }
    return known.head;
  }

  return async (request) => {
    const refused = refuseMethod(request);
    if (refused) return refused;
    try {
      const { count, hash, at } = await read();
      return respondDocument(request, {
        body: `${JSON.stringify({ count, hash, at })}\n`,
        contentType: 'application/json; charset=utf-8',
        etag: hash,
        ...(at && { modifiedAt: at }),
        maxAgeSeconds: MEMORY_MS / 1000,
      });
    } catch (thrown) {
      return respondError(toSkepError(thrown));
    }
  };
}
