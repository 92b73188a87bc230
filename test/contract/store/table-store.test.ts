import { expect, it } from 'vitest';
import { createTableStore } from '../../../lib/store/table-store.js';
import { useAzurite } from '../../support/azurite.js';
import { certificateStoreContract } from './certificate-store.js';
import { makeReservation } from './records.js';

const azurite = useAzurite();
const open = () => createTableStore({ connection: azurite.connection(), operationTimeoutMs: 30_000 });
certificateStoreContract('Azure Tables', open);

it.each([
  [
    'alternative names',
    { subjectAltNames: Array.from({ length: 20 }, (_, i) => `uri:${i}${'x'.repeat(2000)}`) },
  ],
  ['a certificate', { tbs: new Uint8Array(65_537) }],
])('%s that a row has no room for are refused, and nothing is left of them', async (_what, changes) => {
  const store = open();
  const reservation = makeReservation(changes);
  await expect(store.reserve(reservation)).rejects.toMatchObject({ code: 'ERR_LIMIT' });
  expect(await store.get(reservation.serialNumber)).toBeUndefined();
  expect(await store.recall(reservation.claim)).toBeUndefined();
});
