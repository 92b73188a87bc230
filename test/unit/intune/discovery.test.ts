import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/clock.js';
import { silentLogger } from '../../../lib/base/log.js';
import type { Call, Caller } from '../../../lib/microsoft/caller.js';
import { createDiscovery, processEndpointsResponse } from '../../../lib/intune/discovery.js';
import { PUBLIC_CLOUD, SERVICES } from '../../../lib/intune/services.js';
import type { HttpReply } from '../../../lib/microsoft/transport.js';
import { SCEP_BASE, reply } from './fake-cloud.js';
import { createVirtualTime } from '../microsoft/virtual-time.js';

const URL_1 = 'https://graph.microsoft.com/v1.0/servicePrincipals/appId=x/endpoints';
const list = (uri: string, more: object = {}) =>
  reply(200, { value: [{ providerName: 'ScepRequestValidationFEService', uri }], ...more });
const down = reply(503, '');

function discover(replies: HttpReply[], extraHosts: string[] = []) {
  const time = createVirtualTime();
  const asked: string[] = [];
  const call: Caller = async ({ address }: Call) => {
    asked.push('url' in address ? address.url : '');
    await Promise.resolve();
    const next = replies.shift();
    if (!next) throw new Error('asked once too often');
    return { reply: next, clientRequestId: '', durationMs: 0 };
  };
  const discovery = createDiscovery({
    call,
    clock: time.clock,
    logger: silentLogger,
    cloud: PUBLIC_CLOUD,
    extraHosts,
  });
  return { time, asked, find: () => discovery.find(SERVICES.scep), forget: discovery.forget };
}

/** Until what goes on behind the answers is over. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the list', () => {
  it('is asked for once by all who wait, and again after 12 hours', async () => {
    const { time, asked, find } = discover([list(SCEP_BASE), list(`${SCEP_BASE}2/`)]);
    expect(await Promise.all([find(), find(), find()])).toEqual([SCEP_BASE, SCEP_BASE, SCEP_BASE]);
    time.advance(12 * HOUR_MS - 1);
    expect(await find()).toBe(SCEP_BASE);
    expect(asked).toHaveLength(1);
    time.advance(1);
    // Nobody waits for the new one.
    expect(await find()).toBe(SCEP_BASE);
    await settled();
    expect(await find()).toBe(`${SCEP_BASE}2`);
    expect(asked).toHaveLength(2);
  });

  it('serves on when it cannot be renewed, and is asked for again after a minute', async () => {
    const { time, asked, find } = discover([list(SCEP_BASE), down, down, list(`${SCEP_BASE}2`)]);
    await find();
    time.advance(13 * HOUR_MS);
    for (let i = 0; i < 3; i++) {
      expect(await find()).toBe(SCEP_BASE);
      await settled();
    }
    expect(asked).toHaveLength(2);
    for (let i = 0; i < 2; i++) {
      time.advance(MINUTE_MS);
      expect(await find()).toBe(SCEP_BASE);
      await settled();
    }
    expect(await find()).toBe(`${SCEP_BASE}2`);
    expect(asked).toHaveLength(4);
  });

  it('that was found wrong serves on as well when there is no other', async () => {
    const { asked, find, forget } = discover([list(SCEP_BASE), down]);
    forget(await find());
    expect(await find()).toBe(SCEP_BASE);
    expect(asked).toHaveLength(2);
  });

  it('that nobody has seen yet cannot serve', async () => {
    const { find } = discover([down, list(SCEP_BASE)]);
    await expect(find()).rejects.toMatchObject({ code: 'ERR_VALIDATOR_UNAVAILABLE' });
    expect(await find()).toBe(SCEP_BASE);
  });

  it('is forgotten only by those who used it', async () => {
    const { asked, find, forget } = discover([list(SCEP_BASE), list(`${SCEP_BASE}2`)]);
    forget(await find());
    expect(await find()).toBe(`${SCEP_BASE}2`);
    forget(SCEP_BASE);
    expect(await find()).toBe(`${SCEP_BASE}2`);
    expect(asked).toHaveLength(2);
  });

  it('is read page by page', async () => {
    const next = 'https://graph.microsoft.com/v1.0/next?$skiptoken=1';
    const { asked, find } = discover([reply(200, { value: [], '@odata.nextLink': next }), list(SCEP_BASE)]);
    expect(await find()).toBe(SCEP_BASE);
    expect(asked[1]).toBe(next);
  });

  it('is asked for again at once when it lacks the service', async () => {
    const { find } = discover([reply(200, { value: [] }), list(SCEP_BASE)]);
    await expect(find()).rejects.toMatchObject({ code: 'ERR_INTUNE_UNDISCOVERED', retryAfterSeconds: 60 });
    expect(await find()).toBe(SCEP_BASE);
  });
});

describe('hosts', () => {
  it.each([
    'https://fef.msuc02.manage.microsoft.com/a',
    'https://fef.gov.manage.microsoft.us/a',
    'https://FEF.manage.microsoft.com/a',
  ])('takes %s', async (uri) => {
    expect(await discover([list(uri)]).find()).toBe(uri);
  });

  it.each([
    'http://fef.msuc02.manage.microsoft.com/a',
    'https://manage.microsoft.com.evil.example/a',
    'https://evilmanage.microsoft.com/a',
    'https://user:secret@fef.manage.microsoft.com/a',
    'https://fef.manage.microsoft.com@evil.example/a',
    'https://127.0.0.1:7073/a',
    'file:///etc/passwd',
    'fef.manage.microsoft.com/a',
  ])('refuses %s', async (uri) => {
    await expect(discover([list(uri)], ['127.0.0.1:7072']).find()).rejects.toMatchObject({
      code: 'ERR_INTUNE_UNDISCOVERED',
    });
  });

  it('takes allowed ones, over http too', async () => {
    const uri = 'http://127.0.0.1:7072/a';
    expect(await discover([list(uri)], ['127.0.0.1:7072']).find()).toBe(uri);
    expect(await discover([list(uri)], ['127.0.0.1']).find()).toBe(uri);
  });
});

describe('processEndpointsResponse', () => {
  it.each([
    ['another host', 'https://graph.microsoft.com.evil.example/next'],
    ['plain http', 'http://graph.microsoft.com/next'],
    ['no URL', '/next'],
  ])('does not carry the token to a next page on %s', (_name, nextLink) => {
    expect(() => processEndpointsResponse(list(SCEP_BASE, { '@odata.nextLink': nextLink }), URL_1)).toThrow(
      expect.objectContaining({ code: 'ERR_INTUNE_UNDISCOVERED' }),
    );
  });

  it.each([
    [404, '', 'ERR_INTUNE_UNDISCOVERED'],
    [403, '', 'ERR_INTUNE_FORBIDDEN'],
    [500, '', 'ERR_VALIDATOR_UNAVAILABLE'],
    [200, 'no JSON', 'ERR_VALIDATOR_UNAVAILABLE'],
    [200, {}, 'ERR_VALIDATOR_UNAVAILABLE'],
    [200, { value: {} }, 'ERR_VALIDATOR_UNAVAILABLE'],
  ])('%i %j: %s', (status, body, code) => {
    expect(() => processEndpointsResponse(reply(status, body), URL_1)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
