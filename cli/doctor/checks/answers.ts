/** @module What stands around the answers: content types, lengths, the clock. */
import { MINUTE_MS } from '../../../lib/base/clock.js';
import type { Check } from '../check.js';
import { attention, bad, good, skipped } from '../outcome.js';
import { windowsUrl } from '../patient.js';
import type { WireAnswer } from '../wire.js';

interface Seen {
  readonly what: string;
  readonly answer: WireAnswer;
  /** Compared whole; absent: any. */
  readonly types?: readonly string[];
}

const CA_TYPES = ['application/x-x509-ca-cert', 'application/x-x509-ca-ra-cert'];
const ASKED = 'Content-Type and Content-Length of every answer';

const answerHeaders: Check = {
  id: 'answer-headers',
  needs: ['ca-certificates'],
  async look({ target, get, replies }) {
    const seen: Seen[] = [
      { what: 'GetCACaps', answer: await get(windowsUrl(target, 'GetCACaps')) },
      { what: 'GetCACert', answer: await get(windowsUrl(target, 'GetCACert')), types: CA_TYPES },
      ...replies.map((answer) => ({
        what: 'PKIOperation',
        answer,
        types: ['application/x-pki-message'],
      })),
    ];
    const mistyped = seen.find(
      ({ answer, types }) => !(types?.includes(answer.headers['content-type'] ?? '') ?? true),
    );
    if (mistyped) {
      const { what, answer } = mistyped;
      return bad('content-type', ASKED, `${what}: ${answer.headers['content-type'] ?? 'none'}`);
    }
    const chunked = seen.find(({ answer }) => answer.headers['content-length'] === undefined);
    if (chunked) {
      const coding = chunked.answer.headers['transfer-encoding'] ?? 'no transfer coding';
      return bad('content-length', ASKED, `${chunked.what}: no Content-Length, ${coding}`);
    }
    return good(ASKED, `${seen.length} answers, plain types, all with their length`);
  },
};

const TOLERANCE_MS = 5 * MINUTE_MS;

const clock: Check = {
  id: 'clock',
  needs: ['redirect'],
  async look({ target, get }) {
    const { headers, at } = await get(windowsUrl(target, 'GetCACaps'));
    const text = headers['date'];
    if (text === undefined) return skipped('the server’s answers bear no date');
    const asked = `the Date of an answer, against this machine’s clock (${at.toISOString()})`;
    const offMs = Date.parse(text) - at.getTime();
    if (Number.isNaN(offMs)) return attention('clock-off', asked, text);
    const seconds = Math.round(Math.abs(offMs) / 1000);
    const found = `${text}: ${seconds} s ${offMs < 0 ? 'behind' : 'ahead'}`;
    return Math.abs(offMs) > TOLERANCE_MS ? bad('clock-off', asked, found) : good(asked, found);
  },
};

export const ANSWERS = [answerHeaders, clock];
