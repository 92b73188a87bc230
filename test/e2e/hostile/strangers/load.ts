/** @module Sending many messages, some tens at once. */
import type { CaCertificates } from '../../../../dev/scep-client/index.js';
import { readAnswer, type Answer } from '../../../support/scep-bench.js';

export interface Sent<T> {
  readonly what: T;
  readonly answer: Answer;
}

const AT_ONCE = 32;
/** Longer lines of a request are for POST. */
const MAX_QUERY = 6000;

/** In the order given; every seventh that is short enough goes by GET. */
export async function sendAll<T extends { readonly message: Uint8Array }>(
  url: string,
  ca: CaCertificates,
  messages: readonly T[],
): Promise<readonly Sent<T>[]> {
  const sent: Sent<T>[] = [];
  const waiting = messages.entries();
  const work = async (): Promise<void> => {
    for (const [index, what] of waiting) {
      const text = Buffer.from(what.message).toString('base64');
      const byGet = index % 7 === 0 && text.length < MAX_QUERY && text.length > 0;
      const response = byGet
        ? await fetch(`${url}&message=${encodeURIComponent(text)}`)
        : await fetch(url, { method: 'POST', body: Buffer.from(what.message) });
      sent.push({ what, answer: await readAnswer(response, ca) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return sent;
}
