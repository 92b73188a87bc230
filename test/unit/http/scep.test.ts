/** GET and POST (RFC 8894 section 4.1) with every oddity of real clients: test/vectors holds what they sent. */
import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { createScepHandler } from '../../../lib/http/scep.js';
import { createBench, intuneEndpoint, linesWith, post, readAnswer } from '../../support/scep-bench.js';
import { readCaptures } from '../../support/vectors.js';

const bench = await createBench();
const message = bench.build();
const base64 = Buffer.from(message).toString('base64');
const escaped = encodeURIComponent(base64);
const lines = base64.replace(/.{64}/g, '$&\n');

async function get(query: string, rest = 'pkiclient.exe'): Promise<string> {
  // The raw URL: a Request would be asked for one that new URL() has touched.
  const request = {
    method: 'GET',
    url: `http://skep.test/static?${query}`,
    headers: new Headers(),
    arrayBuffer: () => Promise.resolve(new ArrayBuffer(0)),
  };
  return (await readAnswer(await bench.handle('static', rest, request), bench.ca)).outcome;
}

describe('GET', () => {
  it.each([
    ['escaped (certmonger)', `operation=PKIOperation&message=${escaped}`],
    ['raw (jscep)', `operation=PKIOperation&message=${base64}`],
    ['only the padding escaped (Apple)', `operation=PKIOperation&message=${base64.replaceAll('=', '%3D')}`],
    [
      'in lines (strongSwan, sscep, Cisco)',
      `operation=PKIOperation&message=${lines.replaceAll('\n', '%0A').replaceAll('+', '%2B')}`,
    ],
    ['in lines with carriage returns', `operation=PKIOperation&message=${lines.replaceAll('\n', '%0D%0A')}`],
    [
      'base64url, message first (micromdm)',
      `message=${Buffer.from(message).toString('base64url')}&operation=PKIOperation`,
    ],
    [
      'base64url with padding',
      `message=${base64.replaceAll('+', '-').replaceAll('/', '_')}&operation=PKIOperation`,
    ],
    ['without padding', `operation=PKIOperation&message=${base64.replace(/=+$/, '')}`],
    ['plus signs that became spaces', `operation=PKIOperation&message=${base64.replaceAll('+', '%20')}`],
    ['with more behind it (sscep -M)', `operation=PKIOperation&message=${escaped}&profile=vpn`],
    ['in lower case', `operation=pkioperation&message=${escaped}`],
    ['in upper case', `OPERATION=PKIOPERATION&MESSAGE=${escaped}`],
  ])('%s', async (_client, query) => {
    expect(await get(query)).toBe('SUCCESS');
  });

  it('a message that is too large is 413', async () => {
    expect(await get(`operation=PKIOperation&message=${'A'.repeat(400_000)}`)).toBe('HTTP 413');
  });

  const captures = (['b-rsa-ca', 'c-ec-ca-rsa-ra'] as const).flatMap(readCaptures);
  it.each(
    captures.flatMap(({ name, target, message: sent }) => (target ? [[name, target, sent] as const] : [])),
  )('the captured target %s holds the captured message', async (_name, target, sent) => {
    const { parseScepQuery, decodeMessage } = await import('../../../lib/http/scep-query.js');
    const query = parseScepQuery(`http://skep.test${target}`);
    expect(query.operation).toBe('pkioperation');
    expect(Buffer.from(decodeMessage(query.message ?? '') ?? [])).toEqual(Buffer.from(sent));
  });
});

describe('POST', () => {
  const url = (query: string) => `http://skep.test/static/pkiclient.exe${query}`;
  const send = async (request: Request, rest = 'pkiclient.exe') =>
    readAnswer(await bench.handle('static', rest, request), bench.ca);

  it.each([
    '',
    '?operation=PKIOperation',
    '?operation=pkiOperation',
    '?message=x&operation=PKIOperation',
    '?message=',
  ])('with the query %j', async (query) => {
    const request = new Request(url(query), { method: 'POST', body: Buffer.from(message) });
    expect((await send(request)).outcome).toBe('SUCCESS');
  });

  it.each([
    'application/x-pki-message',
    'application/octet-stream',
    'text/plain',
    'application/x-www-form-urlencoded',
    'nonsense',
  ])('of the type %s', async (type) => {
    expect((await send(post(message, { headers: { 'content-type': type } }))).outcome).toBe('SUCCESS');
  });

  it.each([
    '',
    'pkiclient.exe',
    'PKIClient.EXE',
    'pkiclient.exe/',
    'pkiclient.exe/pkiclient.exe',
    'pkiclient.exepkiclient.exe',
  ])('to the path %j', async (rest) => {
    expect((await send(post(message), rest)).outcome).toBe('SUCCESS');
  });

  it('to an endpoint of any letter case', async () => {
    const answer = await readAnswer(await bench.handle('STATIC', '', post(message)), bench.ca);
    expect(answer.outcome).toBe('SUCCESS');
  });

  it('has an answer whose type stands alone and whose length is said', async () => {
    const { headers, body } = await send(post(message));
    expect(headers.get('content-type')).toBe('application/x-pki-message');
    expect(headers.get('content-length')).toBe(String(body.length));
  });

  it('of chunks is 411: the Functions host hands over nothing', async () => {
    const chunks = new Request(url(''), { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
    const request = {
      method: 'POST',
      url: chunks.url,
      headers: new Map([['transfer-encoding', 'chunked']]) as never,
      arrayBuffer: () => Promise.resolve(new ArrayBuffer(0)),
    };
    expect((await bench.handle('static', '', request)).status).toBe(411);
  });

  it.each(['GetCACaps', 'GetCACert'])('asks for %s as well', async (operation) => {
    const request = new Request(url(`?operation=${operation}`), { method: 'POST', body: 'x' });
    expect((await bench.handle('static', '', request)).status).toBe(200);
  });
});

describe('failures', () => {
  it('of the authority are 503 on every operation', async () => {
    const away = () => Promise.reject(new SkepError('ERR_AUTHORITY_MISSING'));
    const handle = createScepHandler(
      { ...bench.service, authority: away },
      new Map([['intune', intuneEndpoint()]]),
      { maxBodyBytes: 262_144, maxConcurrent: 4, chain: 'issuer' },
    );
    for (const operation of ['GetCACaps', 'GetCACert', 'GetNextCACert']) {
      const request = new Request(`http://skep.test/?operation=${operation}`);
      const response = await handle('intune', '', request);
      expect(response.status).toBe(503);
      expect(response.headers['retry-after']).toBe('60');
    }
    expect((await handle('intune', '', post(message))).status).toBe(503);
  });

  it('without a code are 503, and the log has the cause', async () => {
    const broken = await createBench();
    const handle = createScepHandler(
      { ...broken.service, authority: () => Promise.reject(new RangeError('the cause')) },
      new Map([['intune', intuneEndpoint()]]),
      { maxBodyBytes: 262_144, maxConcurrent: 4, chain: 'issuer' },
    );
    expect((await handle('intune', '', new Request('http://skep.test/?operation=GetCACert'))).status).toBe(
      503,
    );
    expect(linesWith(broken, 'ERR_INTERNAL').join()).toContain('the cause');
  });

  it('give their place back', async () => {
    const narrow = await createBench({ handler: { maxConcurrent: 1 } });
    for (const body of [Uint8Array.of(1), narrow.build({ corrupt: 'content' }), narrow.build()]) {
      expect((await narrow.ask(body)).outcome).not.toBe('HTTP 429');
    }
  });

  it('that are nobody’s message are logged once each', async () => {
    const fresh = await createBench();
    await fresh.ask(Uint8Array.of(1));
    expect(linesWith(fresh, 'ERR_SCEP_MALFORMED')).toHaveLength(1);
  });
});
