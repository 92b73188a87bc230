import { expect, it } from 'vitest';
import { silentLogger } from '../../../lib/base/log.js';
import { createAddressLimit } from '../../../lib/http/address-limit.js';
import { limitFailures } from '../../../lib/http/failure-limit.js';
import { respond } from '../../../lib/http/http.js';
import { respondingWeb } from '../../../dev/web-response.js';

function create(statuses: readonly number[]) {
  const left = [...statuses];
  let asked = 0;
  const limit = createAddressLimit({
    what: 'failures',
    perMinute: 2,
    trustedHops: 1,
    clock: { now: () => new Date('2026-03-01T12:00:00Z') },
    logger: silentLogger,
  });
  const handle = respondingWeb(
    limitFailures(() => {
      asked++;
      return Promise.resolve(respond(left.shift() ?? 200, '', 'text/plain'));
    }, limit),
  );
  const send = async (address = '203.0.113.5') =>
    handle(new Request('http://skep.test/manage', { headers: { 'x-forwarded-for': address } }));
  return { send, asked: () => asked };
}

it('counts answers 401 and 403, then refuses without asking the handler', async () => {
  const { send, asked } = create([401, 200, 403]);
  expect([await send(), await send(), await send()].map(({ status }) => status)).toEqual([401, 200, 403]);
  const refused = await send();
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('30');
  expect(await refused.json()).toEqual({ code: 'ERR_RATE_LIMITED', message: 'This address asks too often.' });
  expect(asked()).toBe(3);
  expect((await send('203.0.113.6')).status).toBe(200);
});

it('counts no other failure', async () => {
  const { send } = create([400, 404, 503, 413, 500, 200]);
  for (let i = 0; i < 5; i++) await send();
  expect((await send()).status).toBe(200);
});
