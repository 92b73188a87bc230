/** HEAD on everything that is only read, through the host: it takes HEAD for a method of its own. */
import { describe, expect, it } from 'vitest';
import { useLocalCloud } from '../../support/local-cloud.js';

const cloud = useLocalCloud();

describe('HEAD', () => {
  it.each(['status', 'health', 'ca', 'crl', 'log'] as const)(
    'says of %s what GET says, without it',
    async (name) => {
      const { ready } = cloud();
      const url = name === 'log' ? new URL('/log/head', ready.status).href : ready[name];
      const [get, head] = await Promise.all([fetch(url), fetch(url, { method: 'HEAD' })]);
      const told = ({ status, headers }: Response) => [
        status,
        headers.get('content-type'),
        headers.get('etag'),
      ];
      expect(told(head)).toEqual(told(get));
      expect(head.status).toBe(200);
      expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0);
      expect(await head.text()).toBe('');
    },
  );

  it('has no meaning for what is sent', async () => {
    const { ready } = cloud();
    for (const url of [ready.ocsp, ready.scep.intune, ready.management.url]) {
      expect((await fetch(url, { method: 'HEAD' })).status, url).toBe(404);
    }
  });
});
