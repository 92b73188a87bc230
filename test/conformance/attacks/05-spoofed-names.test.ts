/** Attack 5: a device that calls itself like a domain controller. Names under protected domains are refused. */
import { describe, expect, it } from 'vitest';
import { createProfile } from '../../../lib/issuance/profile.js';
import { createBench, intuneEndpoint } from '../../support/scep-bench.js';
import { expectAlert } from '../../support/alert.js';

const profile = createProfile({ name: 'intune', protectedDomains: ['corp.example'] });

const create = () => createBench({ endpoints: () => [intuneEndpoint({ profile })] });

describe('under a protected domain', () => {
  it.each(['dc01.corp.example', 'DC01.CORP.EXAMPLE', 'corp.example', 'a.b.corp.example', '*.corp.example'])(
    'the DNS name %s is refused',
    async (value) => {
      const bench = await create();
      const csr = { subjectAltNames: [{ type: 'dns', value }] } as const;
      expect((await bench.ask(bench.build({ csr }))).outcome).toBe('FAILURE badRequest');
      expectAlert(bench, 'ERR_SAN');
      expect(bench.store.records.size).toBe(0);
    },
  );

  it.each(['dc01.corp.example', 'DC01.Corp.Example.'])('the common name %s is refused', async (name) => {
    const bench = await create();
    expect((await bench.ask(bench.build({ csr: { subject: `CN=${name}` } }))).outcome).toBe(
      'FAILURE badRequest',
    );
    expectAlert(bench, 'ERR_SUBJECT');
    expect(bench.store.records.size).toBe(0);
  });

  it('other names are not', async () => {
    const bench = await create();
    const csr = { subjectAltNames: [{ type: 'dns', value: 'notcorp.example' }] } as const;
    expect((await bench.ask(bench.build({ csr }))).outcome).toBe('SUCCESS');
  });
});
