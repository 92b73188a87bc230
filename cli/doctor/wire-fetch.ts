/** @module A fetch over the doctor's wire, so that the device simulators ask by it; what comes is kept. */
import type { Fetch } from '../../dev/scep-client/index.js';
import { WireError, type Wire, type WireAnswer } from './wire.js';

/** Statuses whose answers have no body (Fetch standard). */
const BODILESS = new Set([204, 205, 304]);

/** @param onAnswer hears of every answer. */
export function createWireFetch(
  wire: Wire,
  onAnswer: (url: string, answer: WireAnswer) => void = () => undefined,
): Fetch {
  return async (url, { method = 'GET', headers, body }) => {
    try {
      const answer = await wire.send({
        url,
        method,
        headers: headers as Readonly<Record<string, string>>,
        ...(body instanceof Uint8Array ? { body } : {}),
      });
      onAnswer(url, answer);
      const { status, body: bytes } = answer;
      return new Response(BODILESS.has(status) ? null : new Uint8Array(bytes), {
        status,
        headers: answer.headers,
      });
    } catch (cause) {
      // As fetch fails: the reason is in the cause.
      throw cause instanceof WireError ? new TypeError('fetch failed', { cause }) : cause;
    }
  };
}
