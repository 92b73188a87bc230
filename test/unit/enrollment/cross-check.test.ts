/** The directory's word between Intune's and the signature. */
import { describe, expect, it } from 'vitest';
import { createProfile, type ProfileConfig } from '../../../lib/issuance/profile.js';
import { SkepError } from '../../../lib/base/errors.js';
import { OID } from '../../../lib/pki/oids.js';
import { sidExtension } from '../../../lib/pki/sid-extension.js';
import type { ClaimedIdentity, IdentityVerdict } from '../../../lib/validators/identity-check.js';
import { CHALLENGE, createBench, issuedBy } from '../../support/scep-bench.js';
import { staticEndpoint } from '../../support/test-service.js';
import type { FailedNotice } from '../../../lib/validators/validator.js';

const SID = 'S-1-5-21-1004336348-1177238915-682003330-1104';

async function bench(verdict: IdentityVerdict | SkepError, profile: Partial<ProfileConfig> = {}) {
  const claims: ClaimedIdentity[] = [];
  const failures: FailedNotice[] = [];
  const made = await createBench({
    endpoints: (parts) => {
      const endpoint = staticEndpoint(parts, {
        profile: createProfile({ name: 'static', ...profile }),
        identityCheck: {
          check: (claimed) => {
            claims.push(claimed);
            return verdict instanceof SkepError ? Promise.reject(verdict) : Promise.resolve(verdict);
          },
        },
      });
      const notifyFailure = (notice: FailedNotice) => {
        failures.push(notice);
        return Promise.resolve();
      };
      return [{ ...endpoint, validator: { ...endpoint.validator, notifyFailure } }];
    },
  });
  const ask = (csr = {}) => made.ask(made.build({ csr }));
  return { ...made, ask, claims, failures };
}

describe('a request that the directory does not confirm', () => {
  it('is refused before anything is written, and its owner is told', async () => {
    const { ask, store, failures, journal, log } = await bench({
      confirmed: false,
      code: 'ERR_IDENTITY_MISMATCH',
      detail: 'the device is disabled',
    });
    expect((await ask()).outcome).toBe('FAILURE badRequest');
    expect(store.records.size).toBe(0);
    expect(failures.map(({ code }) => code)).toEqual(['ERR_IDENTITY_MISMATCH']);
    expect(journal.at(-1)).toMatchObject({ outcome: 'refused', code: 'ERR_IDENTITY_MISMATCH' });
    expect(
      journal
        .at(-1)
        ?.steps.map(({ name }) => name)
        .slice(-2),
    ).toEqual(['validate', 'cross-check']);
    const alerts = log.filter(({ line }) => line.includes('ERR_IDENTITY_MISMATCH'));
    expect(alerts.map(({ level }) => level)).toEqual(['warn']);
    expect(log.map(({ line }) => line).join()).not.toContain(CHALLENGE);
  });

  it('waits while the directory is away', async () => {
    const { ask, store, failures } = await bench(new SkepError('ERR_DIRECTORY_UNAVAILABLE'));
    const answer = await ask();
    expect(answer.outcome).toBe('HTTP 503');
    expect(answer.headers.get('retry-after')).toBe('60');
    expect(store.records.size).toBe(0);
    expect(failures).toEqual([]);
  });
});

describe('a request that the directory confirms', () => {
  const confirmed: IdentityVerdict = { confirmed: true, securityIdentifier: SID };
  const typesOf = (answer: Parameters<typeof issuedBy>[0]) =>
    issuedBy(answer).extensions.map(({ oid }) => oid);

  it('is shown with all that it claims', async () => {
    const { ask, claims } = await bench({ confirmed: true });
    await ask({ subject: 'CN=5ce90000-de71-4000-8000-000000000001' });
    expect(claims).toEqual([
      { deviceIds: ['5ce90000-de71-4000-8000-000000000001'], securityIdentifiers: [] },
    ]);
  });

  it('gets the security identifier of the directory when the profile adds it', async () => {
    const plain = await bench(confirmed);
    expect(typesOf(await plain.ask())).not.toContain(OID.msNtdsCaSecurity);
    const { ask } = await bench(confirmed, { addSidExtension: true });
    const answer = await ask();
    expect(typesOf(answer)).toContain(OID.msNtdsCaSecurity);
    expect(Buffer.from(issuedBy(answer).der).includes(Buffer.from(sidExtension(SID)))).toBe(true);
  });

  it('goes without where the directory has none', async () => {
    const { ask } = await bench({ confirmed: true }, { addSidExtension: true });
    expect(typesOf(await ask())).not.toContain(OID.msNtdsCaSecurity);
  });
});
