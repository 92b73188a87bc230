/** Requests that are no pkiMessage at all: methods, empty and huge bodies, garbage. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBench, post, readAnswer } from '../../support/scep-bench.js';
import { ENDPOINTS, expectHarmless } from './harmless.js';

const bench = await createBench();

describe.each(ENDPOINTS)('%s', (endpoint) => {
  const send = async (request: Request) =>
    readAnswer(await bench.handle(endpoint, 'pkiclient.exe', request), bench.ca);

  it.each(['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is not allowed', async (method) => {
    const answer = await send(new Request('http://skep.test/?operation=PKIOperation', { method }));
    expect(answer.outcome).toBe('HTTP 405');
    expect(answer.headers.get('allow')).toBe('GET, POST');
  });

  it('an empty body is 400', async () => {
    expect((await send(post(new Uint8Array()))).outcome).toBe('HTTP 400');
  });

  it('10 MB are 413', async () => {
    expect((await send(post(Buffer.alloc(10_000_000, 0x30)))).outcome).toBe('HTTP 413');
  });

  it('10 MB that say to be few are 413', async () => {
    const headers = { 'content-length': '10' };
    expect((await send(post(Buffer.alloc(10_000_000, 0x30), { headers }))).outcome).toBe('HTTP 413');
  });

  it.each([
    ['one octet', Buffer.of(0x30)],
    ['zeros', Buffer.alloc(5000)],
    ['ones', Buffer.alloc(5000, 0xff)],
    ['text', Buffer.from('<html><body>Sign in to the network</body></html>')],
    ['PEM', Buffer.from('-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n')],
    ['base64 of a good message', Buffer.from(Buffer.from(bench.build()).toString('base64'))],
    ['chance', randomBytes(8192)],
    ['an endless length', Buffer.from('3084ffffffff', 'hex')],
    ['a length of nine octets', Buffer.from('3089010000000000000000', 'hex')],
  ])('garbage is 400: %s', async (_case, body) => {
    const answer = await send(post(body));
    expect(answer.outcome).toBe('HTTP 400');
    expectHarmless(bench, answer);
  });

  it.each([
    'operation=PKIOperation',
    'operation=PKIOperation&message=',
    'operation=PKIOperation&message=%%%',
  ])('GET without a message is 400: %s', async (query) => {
    expect((await send(new Request(`http://skep.test/?${query}`))).outcome).toBe('HTTP 400');
  });

  it.each(['', 'operation=', 'operation=GetEverything', 'operation=__proto__', 'message=x'])(
    'GET of no known operation is 400: %j',
    async (query) => {
      expect((await send(new Request(`http://skep.test/?${query}`))).outcome).toBe('HTTP 400');
    },
  );
});

it.each(['', 'nowhere', '__proto__', 'constructor'])('the endpoint %j does not exist', async (endpoint) => {
  expect((await bench.handle(endpoint, '', post(bench.build()))).status).toBe(404);
});

it.each(['pkiclient.exe/x', '../static', 'pkiclientXexe', 'admin'])('nor does the path %s', async (rest) => {
  expect((await bench.handle('static', rest, post(bench.build()))).status).toBe(404);
});
