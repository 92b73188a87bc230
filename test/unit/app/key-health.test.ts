import { describe, expect, it } from 'vitest';
import { createKeyChecks } from '../../../lib/app/key-health.js';
import type { Keys } from '../../../lib/app/keys.js';
import { SkepError } from '../../../lib/base/errors.js';
import { testAuthority, VALID_UNTIL } from '../../support/test-authority.js';
import { createTestClock } from '../revocation/fixtures.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const DAY_MS = 86_400_000;

async function setUp(testSigning?: Keys['testSigning'], now = NOW) {
  const { source } = await testAuthority('ec');
  const clock = createTestClock(now);
  const checks = createKeyChecks({ authority: source, ...(testSigning ? { testSigning } : {}) }, clock);
  const run = async (name: string) => checks.find((check) => check.name === name)?.run();
  return { clock, checks, run };
}

describe('the health of the keys', () => {
  it('of files is that of the certificates', async () => {
    const { checks } = await setUp();
    expect(checks.map(({ name }) => name)).toEqual(['CA certificate', 'RA certificate']);
    const reports = await Promise.all(checks.map((check) => check.run()));
    expect(reports.every(({ ok, remedy }) => ok && remedy === undefined)).toBe(true);
  });

  it('warns while there is time, and fails when a certificate has expired', async () => {
    const soon = await setUp(undefined, new Date(VALID_UNTIL.getTime() - 10 * DAY_MS));
    const ca = await soon.run('CA certificate');
    expect(ca).toMatchObject({ ok: true, text: 'The CA certificate has 10 days left.' });
    expect(ca?.remedy).toContain('skep ca rollover');
    expect((await soon.run('RA certificate'))?.remedy).toContain('timer-ra-renewal');
    const late = await setUp(undefined, new Date(VALID_UNTIL.getTime() + DAY_MS));
    expect(await late.run('RA certificate')).toMatchObject({ ok: false });
  });

  it('in a vault is proven by a signature, once in ten minutes', async () => {
    let asked = 0;
    const { run, clock } = await setUp(() => Promise.resolve({ excess: [], asked: ++asked }));
    for (let times = 0; times < 3; times++)
      expect(await run('CA key in the vault')).toMatchObject({ ok: true });
    expect(asked).toBe(1);
    clock.advance(10 * 60_000);
    await run('CA key in the vault');
    expect(asked).toBe(2);
  });

  it('names the right that is missing, with its remedy, and looks again after a minute', async () => {
    let granted = false;
    const { run, clock } = await setUp(() =>
      granted ? Promise.resolve({ excess: [] }) : Promise.reject(new SkepError('ERR_SIGNER_REFUSED')),
    );
    const report = await run('CA key in the vault');
    expect(report).toMatchObject({ ok: false });
    expect(report?.text).toContain('ERR_SIGNER_REFUSED');
    expect(report?.remedy).toContain('docs/ca.md');
    granted = true;
    expect(await run('CA key in the vault')).toMatchObject({ ok: false });
    clock.advance(60_000);
    expect(await run('CA key in the vault')).toMatchObject({ ok: true });
  });

  it('says what the key permits beyond its use', async () => {
    const { run } = await setUp(() => Promise.resolve({ excess: ['wrapKey', 'decrypt'] }));
    const report = await run('CA key in the vault');
    expect(report).toMatchObject({ ok: true });
    expect(report?.text).not.toContain('wrapKey');
    expect(report?.detail).toEqual(['the CA key also permits wrapKey, decrypt']);
    expect(report?.remedy).toContain('sign and verify');
  });
});
