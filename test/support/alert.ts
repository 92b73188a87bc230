/**
 * @module How an attack shows: one event in the log and one entry in the journal, with the code, and nothing of the
 * challenge in whatever was written or answered.
 */
import { expect } from 'vitest';
import { ERRORS, type ErrorCode } from '../../lib/base/error-codes.js';
import type { LogLevel } from '../../lib/base/log.js';
import { NOTES, type NoteCode } from '../../lib/issuance/notes.js';
import type { JournalEntry } from '../../lib/journal/recorder.js';
import { failRow } from '../../lib/scep/fail-info.js';
import { CHALLENGE, leaksOf } from './scep-bench.js';

/** What was written and answered while the attack ran. */
export interface Told {
  readonly log: readonly { readonly level: LogLevel; readonly line: string }[];
  readonly journal: readonly JournalEntry[];
  readonly bodies?: readonly Uint8Array[];
}

/** One refusal or outage, and no event beside it. @param challenge what was sent and must not show. */
export function expectAlert(told: Told, code: ErrorCode, challenge = CHALLENGE): void {
  expectAlerts(told, [code], challenge);
}

/** As many events as codes, in their order. */
export function expectAlerts(told: Told, codes: readonly ErrorCode[], challenge = CHALLENGE): void {
  expect(eventsOf(told)).toEqual(codes.map((code) => `${levelOf(code)} ${code}`));
  const ended = codes.map((code) => `${failRow(code).failInfo ? 'refused' : 'unavailable'} ${code}`);
  expect(endingsOf(told)).toEqual(ended);
  expectSecret(told, challenge);
}

/** What was asked for was left out of the certificate: an event where it looks like an attack, an entry in any case. */
export function expectStripped(told: Told, note: NoteCode, challenge = CHALLENGE): void {
  expect(eventsOf(told)).toEqual(NOTES[note].security ? [`warn ${note}`] : []);
  expect(told.journal.map(({ outcome, notes }) => [outcome, notes])).toEqual([['issued', [note]]]);
  expectSecret(told, challenge);
}

/** There was nothing to refuse, so nobody is alarmed. */
export function expectQuiet(told: Told, challenge = CHALLENGE): void {
  expect(eventsOf(told)).toEqual([]);
  expect(endingsOf(told)).toEqual([]);
  expectSecret(told, challenge);
}

const expectSecret = (told: Told, challenge: string): void => {
  expect(told.log.length).toBeGreaterThan(0);
  expect(leaksOf({ bodies: [], ...told }, challenge)).toEqual([]);
};

const LEVELS = {
  client: 'info',
  policy: 'warn',
  security: 'warn',
  outage: 'error',
  setup: 'error',
  fault: 'error',
} as const;

/** Two tries of one device at once are nobody's alarm. */
const levelOf = (code: ErrorCode): LogLevel =>
  code === 'ERR_STORE_CONFLICT' || code === 'ERR_BUSY' ? 'info' : LEVELS[ERRORS[code].kind];

/** Whatever is loud, and whatever names a failure; the journal's own echo in the log is none. */
export const eventsOf = ({ log }: Told): string[] =>
  log
    .filter(({ level, line }) => level !== 'debug' && (level !== 'info' || line.includes(' code=')))
    .map(({ level, line }) => `${level} ${/ (?:code|note)=([\w-]+)/.exec(line)?.[1] ?? line}`);

const endingsOf = ({ journal }: Told): string[] =>
  journal.flatMap(({ outcome, code }) => (code === undefined ? [] : [`${outcome} ${code}`]));
