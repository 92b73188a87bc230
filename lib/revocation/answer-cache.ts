/** @module OCSP answers that were given already, kept in memory for a short time: the least recently used goes first. */
import { toHex, view } from '../base/bytes.js';
import type { CertId } from '../pki/ocsp-request.js';

export interface AnswerCache<Answer> {
  get(id: CertId, now: Date): Answer | undefined;
  /** The same for a request whose octets asked for the same answer before: nothing of it is read. */
  repeat(request: Uint8Array, now: Date): Answer | undefined;
  /**
   * @param request the octets that asked about `id` and nothing else.
   * @param since what `changes` said before the answer was looked up: an answer that something overtook is not kept.
   */
  put(request: Uint8Array, id: CertId, answer: Answer, until: Date, since: number): void;
  /** How often something was invalidated. */
  changes(): number;
  /** @param serialNumber upper-case hex. */
  invalidate(serialNumber: string): void;
}

/** A request about one certificate has a hundred octets; whoever adds to it is read each time, and takes no memory. */
const MAX_REQUEST_OCTETS = 256;

export function createAnswerCache<Answer>(maxEntries: number): AnswerCache<Answer> {
  const kept = new Map<string, { readonly answer: Answer; readonly until: number }>();
  /** Which entry the octets of a request ask for; whether there is one still, `kept` says. */
  const asked = new Map<string, string>();
  let changes = 0;
  // A certificate can be asked about by several hashes of its issuer; the serial number in front finds them all.
  const keyOf = (id: CertId): string => `${id.serialNumber}/${toHex(id.der)}`;

  function find(key: string, now: Date): Answer | undefined {
    const found = kept.get(key);
    if (!found) return undefined;
    kept.delete(key);
    if (found.until <= now.getTime()) return undefined;
    kept.set(key, found);
    return found.answer;
  }

  function keep<Value>(entries: Map<string, Value>, key: string, value: Value): void {
    entries.set(key, value);
    const [oldest] = entries.keys();
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
  }

  return {
    get: (id, now) => find(keyOf(id), now),
    repeat(request, now) {
      const key = request.length > MAX_REQUEST_OCTETS ? undefined : asked.get(textOf(request));
      return key === undefined ? undefined : find(key, now);
    },
    put(request, id, answer, until, since) {
      if (since !== changes) return;
      const key = keyOf(id);
      keep(kept, key, { answer, until: until.getTime() });
      if (request.length <= MAX_REQUEST_OCTETS) keep(asked, textOf(request), key);
    },
    changes: () => changes,
    invalidate(serialNumber) {
      changes++;
      for (const key of kept.keys()) if (key.startsWith(`${serialNumber}/`)) kept.delete(key);
    },
  };
}

/** Each octet one character. */
function textOf(request: Uint8Array): string {
  return view(request).toString('latin1');
}
