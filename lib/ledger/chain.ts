/**
 * @module The chain: a line is JSON text, and its hash is the SHA-256 of exactly these octets (UTF-8, no line end). Each
 * line holds its sequence number and the hash of the line before, so that `sha256sum` is enough to follow it.
 */
import { hash } from 'node:crypto';
import * as v from 'valibot';
import { SkepError } from '../base/errors.js';
import { REVOCATION_REASONS } from '../store/states.js';
import { EMPTY_HEAD, type LedgerEvent, type LedgerHead } from './ledger.js';

/** Upper-case hex. */
export const hashLine = (line: string): string => hash('sha256', line).toUpperCase();

/** The next line after `head`, and the head that it makes. */
export function appendEvent(
  head: LedgerHead,
  event: LedgerEvent,
): { readonly line: string; readonly head: LedgerHead } {
  const { at, ...rest } = event;
  const sequence = head.count + 1;
  const line = JSON.stringify({ sequence, previous: head.hash, at: at.toISOString(), ...rest });
  return { line, head: { count: sequence, hash: hashLine(line) } };
}

const hex64 = v.pipe(v.string(), v.regex(/^[0-9A-F]{64}$/));
const serialNumber = v.pipe(v.string(), v.regex(/^[0-9A-F]{2,64}$/));
const common = {
  sequence: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  previous: hex64,
  at: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((text) => new Date(text)),
  ),
  issuerId: hex64,
};
const ofRequest = { ...common, serialNumber, endpoint: v.string(), csrHash: hex64, signedHash: hex64 };
const reasons = Object.keys(REVOCATION_REASONS) as (keyof typeof REVOCATION_REASONS)[];

const lineSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.variant('kind', [
    v.strictObject({ ...ofRequest, kind: v.literal('issued'), certificateHash: hex64 }),
    v.strictObject({ ...ofRequest, kind: v.literal('abandoned') }),
    v.strictObject({
      ...common,
      kind: v.picklist(['revoked', 'held']),
      serialNumber,
      reason: v.picklist(reasons),
      by: v.string(),
    }),
    v.strictObject({ ...common, kind: v.literal('released'), serialNumber }),
    v.strictObject({
      ...common,
      kind: v.literal('signed'),
      purpose: v.picklist(['crl', 'ocsp-responder', 'ra-certificate', 'health-check']),
      signedHash: hex64,
    }),
  ]),
);

export type LedgerEntry = LedgerEvent & { readonly sequence: number; readonly previous: string };

/** @throws {SkepError} `ERR_LEDGER_BROKEN` for a line that is none of ours. */
function parseLine(line: string, sequence: number): LedgerEntry {
  const result = v.safeParse(lineSchema, line);
  if (result.success) return result.output;
  throw new SkepError('ERR_LEDGER_BROKEN', { detail: `entry ${sequence} cannot be read` });
}

/** Follows a chain line by line. */
export interface ChainWalk {
  /** What the lines so far make. */
  readonly head: LedgerHead;
  /** @throws {SkepError} `ERR_LEDGER_BROKEN` naming the entry, when the line does not follow. */
  next(line: string): LedgerEntry;
}

/** @param start a head that is trusted; default: the beginning. */
export function walkChain(start: LedgerHead = EMPTY_HEAD): ChainWalk {
  let head = start;
  return {
    get head() {
      return head;
    },
    next(line) {
      const sequence = head.count + 1;
      const entry = parseLine(line, sequence);
      if (entry.sequence !== sequence) {
        throw new SkepError('ERR_LEDGER_BROKEN', {
          detail: `entry ${sequence} is missing: there is ${entry.sequence} in its place`,
        });
      }
      if (entry.previous !== head.hash) {
        // Which of the two is false cannot be told from them alone.
        throw new SkepError('ERR_LEDGER_BROKEN', {
          detail:
            head.count === start.count
              ? `entry ${sequence} does not follow the head that the check began with`
              : `entry ${sequence} does not name the hash of entry ${head.count}: one of them was changed`,
        });
      }
      head = { count: sequence, hash: hashLine(line) };
      return entry;
    },
  };
}

/** @throws {SkepError} `ERR_LEDGER_BROKEN` unless both are the same. */
export function assertHead(found: LedgerHead, published: LedgerHead): void {
  if (found.count === published.count && found.hash === published.hash) return;
  const detail =
    found.count === published.count
      ? `entry ${found.count} is not the one whose hash was published`
      : `there are ${found.count} entries, and ${published.count} were published`;
  throw new SkepError('ERR_LEDGER_BROKEN', { detail });
}
