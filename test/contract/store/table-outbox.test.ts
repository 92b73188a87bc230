import { describe, expect, it } from 'vitest';
import type { PendingNotice } from '../../../lib/store/store.js';
import { createTableOutbox } from '../../../lib/store/table-outbox.js';
import { useAzurite } from '../../support/azurite.js';
import { collect } from './records.js';

const azurite = useAzurite();
const NOW = new Date('2026-03-01T10:20:30.456Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);

const notice = (serialNumber: string): Omit<PendingNotice, 'attempts' | 'version'> => ({
  serialNumber,
  transactionId: 'tx/\u0000"\\',
  csr: Uint8Array.from({ length: 9000 }, (_, i) => i % 256),
  issuer: 'CN=Skep Test CA,O=Skep',
  queuedAt: NOW,
});

/** The one notice of this certificate that is due. */
async function setUp(serialNumber: string) {
  const outbox = createTableOutbox({ connection: azurite.connection() });
  await outbox.enqueue(notice(serialNumber));
  const dueAt = async (now: Date) =>
    (await collect(outbox.due(now))).filter((one) => one.serialNumber === serialNumber);
  const [due] = await dueAt(NOW);
  if (!due) throw new Error('nothing is due');
  return { outbox, dueAt, due };
}

describe('the outbox on Azure Tables', () => {
  it('hands over what is due, as it was put in', async () => {
    const { dueAt, due } = await setUp('01');
    expect(due).toEqual({ ...notice('01'), attempts: 0, version: due.version });
    expect(await dueAt(later(-1))).toEqual([]);
  });

  it('keeps what waits already', async () => {
    const { outbox, dueAt, due } = await setUp('02');
    await outbox.enqueue({ ...notice('02'), issuer: 'CN=Other', queuedAt: later(5) });
    expect(await dueAt(later(5))).toEqual([due]);
  });

  it('postpones and counts, against the version that was read', async () => {
    const { outbox, dueAt, due } = await setUp('03');
    await outbox.postpone(due, later(60_000));
    expect(await dueAt(later(59_999))).toEqual([]);
    const [again] = await dueAt(later(60_000));
    expect(again).toMatchObject({ attempts: 1, queuedAt: NOW });
    await outbox.postpone(due, later(1));
    expect(await dueAt(later(60_000))).toEqual([again]);
  });

  it('removes, also what is gone, and stays removed when postponed', async () => {
    const { outbox, dueAt, due } = await setUp('04');
    await outbox.remove(due);
    await outbox.remove(due);
    await outbox.postpone(due, NOW);
    expect(await dueAt(later(60_000))).toEqual([]);
  });

  it('lists more than a page', async () => {
    const outbox = createTableOutbox({ connection: azurite.connection() });
    const serials = Array.from(
      { length: 230 },
      (_, i) => `AA${i.toString(16).toUpperCase().padStart(4, '0')}`,
    );
    await Promise.all(serials.map((serialNumber) => outbox.enqueue(notice(serialNumber))));
    const found = (await collect(outbox.due(NOW))).map(({ serialNumber }) => serialNumber);
    expect(found.filter((serialNumber) => serialNumber.startsWith('AA'))).toEqual(serials);
  });
});
