/** Two instances on one storage account: while one signs its CRL, the other revokes and publishes. Nothing is lost. */
import { beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../lib/base/clock.js';
import { silentLogger } from '../../../lib/base/log.js';
import type { Authority } from '../../../lib/keys/authority.js';
import { createCrlPublisher } from '../../../lib/revocation/crl-publisher.js';
import { createBlobPublications } from '../../../lib/store/blob-publications.js';
import { createTableStore } from '../../../lib/store/table-store.js';
import { useAzurite } from '../../support/azurite.js';
import { testAuthority, type TestAuthority } from '../../support/test-authority.js';
import { serialsOf, signingAfter } from '../../unit/revocation/crl-world.js';
import { revoke } from '../../unit/revocation/fixtures.js';

const azurite = useAzurite();
const ROUNDS = 4;
/** Deltas begin in the middle. */
const DELTA_ABOVE = 2;

let ca: TestAuthority;

beforeAll(async () => {
  ca = await testAuthority('ec');
});

function createInstance(authority: Authority) {
  const connection = azurite.connection();
  const store = createTableStore({ connection });
  const crl = createCrlPublisher({
    authority: () => Promise.resolve(authority),
    revoked: store,
    publications: createBlobPublications({ connection }),
    clock: systemClock,
    logger: silentLogger,
    publicUrl: 'http://skep.test',
    // Nothing from memory: each look is at what is stored.
    settings: { deltaAboveEntries: DELTA_ABOVE, cacheMs: 0 },
  });
  return { store, crl };
}

it('keeps what the other published, from the first CRL to the deltas', async () => {
  const other = createInstance(ca.authority);
  const revoked: string[] = [];
  let overtaken = false;
  const slow = createInstance(
    signingAfter(ca, async () => {
      if (overtaken) return;
      overtaken = true;
      revoked.push((await revoke(other.store, ca)).serialNumber);
      await other.crl.publish('revocation');
    }),
  );
  let last = 0;
  for (let round = 0; round < ROUNDS; round++) {
    overtaken = false;
    await slow.crl.publish('timer');
    const complete = await slow.crl.find('complete');
    const delta = await slow.crl.find('delta');
    const listed = [complete, delta].flatMap((crl) => (crl ? serialsOf(crl.der) : []));
    expect(listed.sort()).toEqual([...revoked].sort());
    const number = Math.max(complete?.list.number ?? 0, delta?.list.number ?? 0);
    expect(number).toBeGreaterThan(last);
    last = number;
  }
  expect(revoked).toHaveLength(ROUNDS);
  expect(await slow.crl.find('delta')).toBeDefined();
});
