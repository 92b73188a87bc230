import { expect, it } from 'vitest';
import type { Standing } from '../../../lib/directory/directory.js';
import { holderOf, orderFor } from '../../../lib/revocation/directory-orders.js';
import type { RevocationReason } from '../../../lib/store/states.js';
import { deliver, issue, makeReservation, NOW } from '../../contract/store/records.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { DELETED, DISABLED, GOOD } from './fake-directory.js';

const store = createMemoryStore();
const live = await deliver(store, makeReservation());
const issued = await issue(store, makeReservation());
const revoked = async (reason: RevocationReason, by: string) =>
  store.revoke(await deliver(store, makeReservation()), { at: NOW, reason, by });
const ours = await revoked('certificateHold', 'directory');
const persons = await revoked('certificateHold', 'person:ada');
const over = await revoked('keyCompromise', 'directory');

it.each<[string, typeof live, Standing, string | undefined]>([
  ['good, live', live, GOOD, undefined],
  ['good, on our hold', ours, GOOD, 'release'],
  ['good, on a person’s hold', persons, GOOD, undefined],
  ['good, over', over, GOOD, undefined],
  ['suspended, live', live, DISABLED, 'hold'],
  ['suspended, not delivered yet', issued, DISABLED, 'hold'],
  ['suspended, on our hold', ours, DISABLED, undefined],
  ['suspended, on a person’s hold', persons, DISABLED, undefined],
  ['ended, live', live, DELETED, 'revoke'],
  ['ended, on our hold', ours, DELETED, 'revoke'],
  ['ended, on a person’s hold', persons, DELETED, 'revoke'],
  ['ended, over', over, DELETED, undefined],
])('%s', (_, record, standing, action) => {
  const order = orderFor(record, standing);
  expect(order?.action).toBe(action);
  if (order) expect(order).toMatchObject({ serialNumber: record.serialNumber, by: 'directory' });
});

it('has no holder where nothing names one', () => {
  expect(holderOf(live)).toBeUndefined();
  expect(holderOf({ ...live, user: 'robin@example.com' })).toEqual({
    user: 'robin@example.com',
    issuedAt: live.reservedAt,
  });
});
