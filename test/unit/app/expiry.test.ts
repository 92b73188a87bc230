import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../dev/project-root.js';
import { createExpiryWatch } from '../../../lib/app/expiry.js';
import { DAY_MS } from '../../../lib/base/clock.js';
import type { Authority } from '../../../lib/keys/authority.js';
import { createTestAuthority, VALID_UNTIL, type TestAuthority } from '../../support/test-authority.js';
import { createTestClock, createTestLogger } from '../revocation/fixtures.js';

const LINE = 'warn A certificate of the authority ends soon';
let made: TestAuthority;

beforeAll(async () => {
  made = await createTestAuthority();
});

/** Both certificates of the test authority end at the same moment. */
async function watch(daysBefore: number, authority: Authority = made.authority) {
  const { logger, lines } = createTestLogger();
  const clock = createTestClock(new Date(VALID_UNTIL.getTime() - daysBefore * DAY_MS));
  const fields = await createExpiryWatch({ authority: () => Promise.resolve(authority), clock, logger })();
  return { fields, lines };
}

describe('expiry', () => {
  it('is silent while there is time', async () => {
    expect(await watch(90)).toEqual({ fields: { ending: 0 }, lines: [] });
  });

  it('warns of the CA three months before', async () => {
    const { fields, lines } = await watch(89);
    expect(lines).toEqual([`${LINE} which=CA daysLeft=89`]);
    expect(fields).toEqual({ ending: 1 });
  });

  it('warns of the RA two weeks before, since it should have been replaced', async () => {
    expect((await watch(14)).lines).toEqual([`${LINE} which=CA daysLeft=14`]);
    expect((await watch(13)).lines).toEqual([`${LINE} which=CA daysLeft=13`, `${LINE} which=RA daysLeft=13`]);
  });

  it('has one certificate to watch where the CA is its own RA', async () => {
    expect((await watch(1, { ...made.authority, mode: 'ca' })).lines).toEqual([
      `${LINE} which=CA daysLeft=1`,
    ]);
  });

  it('writes what the alerts look for', async () => {
    const alerts = await readFile(join(projectRoot(), 'infra/modules/alerts.bicep'), 'utf8');
    const tasks = await readFile(join(projectRoot(), 'lib/app/tasks.ts'), 'utf8');
    const looked = [...alerts.matchAll(/startswith "([^"]+)"/g)].map(([, text]) => text ?? '');
    // The second is the host's, when it ends a function that takes too long.
    const host = 'Timeout value of ';
    expect(looked).toEqual(['scep-', host, LINE.replace('warn ', ''), 'A timer failed', 'A timer failed']);
    expect(tasks).toContain("logger.error('A timer failed");
    expect([...alerts.matchAll(/task=(\w+)/g)].map(([, task]) => task)).toEqual([
      'issuanceLog',
      'raRenewal',
      'issuanceLog',
    ]);
    for (const task of ['raRenewal', 'issuanceLog']) expect(tasks).toContain(`log('${task}'`);
  });

  it.each(['infra/modules/alerts.bicep', 'docs/operations.md'])(
    'asks by whole terms where it says `has`: %s',
    async (file) => {
      const text = await readFile(join(projectRoot(), file), 'utf8');
      const wanted = [...text.matchAll(/\bhas(?:_any)? \(?("[^")]+"(?:, "[^"]+")*)/g)]
        .flatMap(([, list]) => (list ?? '').split(', '))
        .map((quoted) => quoted.slice(1, -1));
      expect(wanted).not.toEqual([]);
      // Kusto's `has` matches terms, runs of letters and digits: `code=ERR_` ends between two.
      expect(wanted.filter((term) => !/^[a-z\d].*[a-z\d]$/i.test(term))).toEqual([]);
    },
  );
});
