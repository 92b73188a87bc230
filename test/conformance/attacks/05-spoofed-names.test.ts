/** Attack 5: a device that calls itself like a domain controller. Names under protected domains are refused. */
import { describe, expect, it } from 'vitest';
import { createProfile } from '../../../lib/issuance/profile.js';
import { createBench, intuneEndpoint, linesWith } from '../../support/scep-bench.js';

const profile = createProfile({ name: 'intune', protectedDomains: ['corp.example'] });

describe('under a protected domain', async () => {
  const bench = await createBench({ endpoints: () => [intuneEndpoint({ profile })] });

  it.each(['dc01.corp.example', 'DC01.CORP.EXAMPLE', 'corp.example', 'a.b.corp.example', '*.corp.example'])(
    'the DNS name %s is refused',
    async (value) => {
      const csr = { subjectAltNames: [{ type: 'dns', value }] } as const;
      expect((await bench.ask(bench.build({ csr }))).outcome).toBe('FAILURE badRequest');
      expect(bench.journal.at(-1)?.code).toBe('ERR_SAN');
    },
  );

  it.each(['dc01.corp.example', 'DC01.Corp.Example.'])('the common name %s is refused', async (name) => {
    expect((await bench.ask(bench.build({ csr: { subject: `CN=${name}` } }))).outcome).toBe(
      'FAILURE badRequest',
    );
    expect(bench.journal.at(-1)?.code).toBe('ERR_SUBJECT');
  });

  it('each is logged once, and nothing is stored', () => {
    expect(linesWith(bench, 'ERR_SAN')).toHaveLength(5);
    expect(linesWith(bench, 'ERR_SUBJECT')).toHaveLength(2);
    expect(bench.store.records.size).toBe(0);
  });

  it('other names are not', async () => {
    const csr = { subjectAltNames: [{ type: 'dns', value: 'notcorp.example' }] } as const;
    expect((await bench.ask(bench.build({ csr }))).outcome).toBe('SUCCESS');
  });
});
