/** Attack 4: the identifier as a URI, which is how Windows maps certificates strongly. Off unless the policy allows it. */
import { describe, expect, it } from 'vitest';
import { createProfile } from '../../../lib/issuance/profile.js';
import { createBench, intuneEndpoint, issuedBy } from '../../support/scep-bench.js';
import { expectAlert } from '../../support/alert.js';

const sid = (account: number) =>
  `tag:microsoft.com,2022-09-14:sid:S-1-5-21-1004336348-1177238915-68200-${account}`;
const names = (...uris: readonly string[]) => ({
  subjectAltNames: uris.map((value) => ({ type: 'uri', value }) as const),
});

describe('a SID URI', () => {
  it.each([
    sid(500),
    sid(500).toUpperCase(),
    'tag:microsoft.com,2022-09-14:sid:',
    'TAG:Microsoft.com,2022-09-14:sid:S-1-5-18',
    'tag:microsoft%2Ecom,2022-09-14:sid:S-1-5-18',
  ])('is refused: %s', async (uri) => {
    const bench = await createBench();
    const { outcome } = await bench.ask(bench.build({ csr: names(uri) }), 'intune');
    expect(outcome).toBe('FAILURE badRequest');
    expectAlert(bench, 'ERR_SAN');
    expect(bench.store.records.size).toBe(0);
  });

  it('is copied where the policy allows it, but never two of them', async () => {
    const profile = createProfile({ name: 'intune', allowSidUri: true });
    const bench = await createBench({ endpoints: () => [intuneEndpoint({ profile })] });
    const two = await bench.ask(bench.build({ csr: names(sid(500), sid(501)) }));
    expect(two.outcome).toBe('FAILURE badRequest');
    const answer = await bench.ask(bench.build({ csr: names(sid(500)) }));
    expect(issuedBy(answer).subjectAltNames).toEqual([{ type: 'uri', value: sid(500) }]);
  });
});
