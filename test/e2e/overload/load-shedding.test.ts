/** Too many at once: each is served, or turned away in time and told when to come back. */
import { expect, test } from 'vitest';
import { createSimulatedDevice } from '../../load/challenges.js';
import { readCa } from '../../bench/peers.js';
import { checkAnswer, prepareRequest, type PreparedRequest } from '../../bench/requests.js';
import { useLocalCloud } from '../../support/local-cloud.js';
import { generatePrivateKey } from '../../support/test-authority.js';

const AT_ONCE = 4;
const DEVICES = 24;
/** So long Intune takes to answer: whoever is at work stays at work until all the others have come. */
const SLOW_MS = 5000;
const TIMEOUT_MS = 30_000;

const cloud = useLocalCloud({ SKEP_MAX_CONCURRENT: String(AT_ONCE) });

interface Reply {
  readonly status: number;
  readonly retryAfter: number;
  readonly body: Uint8Array;
}

async function send(url: string, { message }: PreparedRequest): Promise<Reply> {
  const response = await fetch(`${url}?operation=PKIOperation`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-pki-message' },
    body: Buffer.from(message),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, retryAfter: Number(response.headers.get('retry-after')), body };
}

test('six times as many as are worked on at once: 429 with Retry-After, no 5xx, no time-out; later all are served', async () => {
  const { ready } = cloud();
  const url = `${ready.scep.intune}/pkiclient.exe`;
  const ca = await readCa(url);
  const key = generatePrivateKey('rsa');
  const requests: PreparedRequest[] = [];
  for (let i = 0; i < DEVICES; i++) {
    const device = await createSimulatedDevice(ready.intune);
    const subjectAltName = { type: 'uri', value: device.alternativeName } as const;
    const challenge = await device.challenge();
    requests.push(prepareRequest({ key, subject: device.subject, subjectAltName, challenge }, ca.encryption));
  }
  const fault = await fetch(`${ready.intune}/_sim/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'latency', endpoint: 'validateRequest', ms: SLOW_MS, count: AT_ONCE }),
  });
  expect(fault.status).toBe(201);

  const replies = await Promise.all(requests.map((request) => send(url, request)));

  const served = replies.filter(({ status }) => status === 200);
  const shed = replies.filter(({ status }) => status === 429);
  expect(served).toHaveLength(AT_ONCE);
  expect(shed).toHaveLength(DEVICES - AT_ONCE);
  for (const { retryAfter, body } of shed) {
    expect(retryAfter).toBeGreaterThan(0);
    expect(Buffer.from(body).toString()).toContain('ERR_BUSY');
  }

  // Nothing was lost of those who were turned away: the very same message is served when there is room.
  for (const [index, request] of requests.entries()) {
    const first = replies[index];
    const reply = first?.status === 200 ? first : await send(url, request);
    expect(reply.status).toBe(200);
    checkAnswer(request, reply.body, ca);
  }
  expect((await fetch(ready.health)).status).toBe(200);
});
