import { describe, expect, it } from 'vitest';
import { createHealthChecks } from '../../../lib/app/health.js';
import type { IntuneClient } from '../../../lib/intune/client.js';
import type { IntuneProbe } from '../../../lib/intune/probe.js';
import { SkepError } from '../../../lib/base/errors.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { testAuthority } from '../../support/test-authority.js';
import { createTestClock } from '../revocation/fixtures.js';

const GOOD: IntuneProbe = {
  intuneToken: { ok: true, detail: 'roles: scep_challenge_provider', roles: ['scep_challenge_provider'] },
  graphToken: { ok: true, detail: 'roles: Application.Read.All', roles: ['Application.Read.All'] },
  scepService: { ok: true, detail: 'https://fef.example/RACerts' },
  revocationService: { ok: true, detail: 'https://fef.example/PkiConnector' },
  missingRoles: [],
};

interface Parts {
  readonly probe?: Partial<IntuneProbe>;
  readonly missingRoles?: string[];
  readonly storeFails?: boolean;
}

async function run(name: string, { probe = {}, missingRoles = [], storeFails = false }: Parts) {
  const { source } = await testAuthority('ec');
  const checks = createHealthChecks({
    keys: { authority: source },
    store: storeFails
      ? { get: () => Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE', { detail: 'HTTP 403' })) }
      : createMemoryStore(),
    intune: { probe: () => Promise.resolve({ ...GOOD, ...probe }) } as unknown as IntuneClient,
    directory: { probe: () => Promise.resolve({ ok: missingRoles.length === 0, missingRoles }) },
    events: { pending: () => Promise.resolve([]) },
    clock: createTestClock(),
  });
  return checks.find((check) => check.name === name)?.run();
}

describe('the health of what issuing depends on', () => {
  it('shows the roles in the tokens to whoever may see details', async () => {
    const report = await run('Intune', {});
    expect(report).toMatchObject({ ok: true, text: 'Intune accepts this app.' });
    expect(report?.detail).toContain('Intune token: roles: scep_challenge_provider');
  });

  it('fails for a token that lacks the role, and keeps its name out of the public text', async () => {
    const report = await run('Intune', {
      probe: {
        intuneToken: { ok: true, detail: 'roles: none', roles: [] },
        missingRoles: ['scep_challenge_provider'],
      },
    });
    expect(report).toMatchObject({ ok: false });
    expect(report?.text).not.toContain('scep_challenge_provider');
    expect(report?.detail?.[0]).toBe('the token lacks scep_challenge_provider');
  });

  it('names missing Graph roles in the detail alone', async () => {
    const report = await run('Directory', { missingRoles: ['User.Read.All'] });
    expect(report?.text).not.toContain('User.Read.All');
    expect(report).toMatchObject({ ok: false, detail: ['the Graph token lacks User.Read.All'] });
  });

  it('says by code that the store is out of reach, and what it answered in the detail', async () => {
    const report = await run('Certificate store', { storeFails: true });
    expect(report?.text).toMatch(/^ERR_STORE_UNAVAILABLE/);
    expect(report?.detail).toEqual(['HTTP 403']);
  });
});
