/** GetCACaps: the keywords, one a line, in plain text (section 3.5.2). */
import { expect, it } from 'vitest';
import { createBench } from '../../support/scep-bench.js';

const KEYWORDS = 'AES DES3 POSTPKIOperation Renewal SHA-1 SHA-256 SHA-384 SHA-512 SCEPStandard';

async function capabilities(endpoint: string, query: string, next = false): Promise<Response> {
  const bench = await createBench({
    authority: (own) => (next ? { ...own, next: [own.issuer.certificate] } : own),
  });
  return bench.handle(endpoint, 'pkiclient.exe', new Request(`http://skep.test/?${query}`));
}

it.each(['static', 'intune'])('every word has a client behind it, on %s', async (endpoint) => {
  const response = await capabilities(endpoint, 'operation=GetCACaps');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain');
  const body = await response.text();
  expect(body).toBe(`${KEYWORDS.replaceAll(' ', '\n')}\n`);
  // certmonger throws away what is longer.
  expect(body.length).toBeLessThan(1024);
});

it('GetNextCACert is offered once there is a next CA', async () => {
  const response = await capabilities('static', 'operation=GetCACaps', true);
  expect((await response.text()).trim().split('\n')).toEqual([...KEYWORDS.split(' '), 'GetNextCACert']);
});

it.each(['message=', 'message=0', 'message=CAIdentifier', 'message=Device%20Management%20Identity'])(
  'an identifier is ignored: %s',
  async (message) => {
    expect((await capabilities('static', `operation=GetCACaps&${message}`)).status).toBe(200);
  },
);
