/** A table that a benchmark filled past the wire is one that was filled over it: else the benchmark measures nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAzurite, type Azurite } from '../../../dev/azurite.js';
import { writeColumns } from '../../../lib/store/columns.js';
import { startingWith } from '../../../lib/store/keys.js';
import { timeLiteral } from '../../../lib/store/rows.js';
import { createTable } from '../../../lib/store/table.js';

const NOON = new Date('2026-03-01T12:00:00Z');
const ROW = writeColumns()
  .text('Subject', 'CN=a')
  .binary('Tbs', Uint8Array.of(1, 2))
  .time('ReservedAt', NOON)
  .row();
const ALL = { range: startingWith('c|'), size: 10 };
const budget = () => AbortSignal.timeout(20_000);

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.close());

it('reads, lists and writes on what was filled in as on what was written', async () => {
  const connection = { kind: 'connectionString', value: azurite.connectionString } as const;
  const [written, filled] = [createTable(connection, 'written'), createTable(connection, 'filled')];
  const keys = ['c|2', 'c|1', 'c|3'];
  await written.write(
    '0',
    keys.map((key) => ({ kind: 'insert', key, row: ROW })),
    budget(),
  );
  const batches = keys.map((key) => [{ PartitionKey: '0', RowKey: key, ...ROW }]);
  await azurite.fill('filled', batches);

  const list = async (table: typeof written, where?: string) =>
    (await table.page('0', { ...ALL, where }, budget())).rows.map(({ key, columns }) => {
      const { Timestamp: _when, 'odata.etag': _version, ...own } = columns;
      return [key, own];
    });
  expect(await list(filled)).toEqual(await list(written));
  expect((await list(filled)).map(([key]) => key)).toEqual(['c|1', 'c|2', 'c|3']);
  expect(await list(filled, `ReservedAt lt ${timeLiteral(NOON)}`)).toEqual([]);

  const { version = '' } = (await filled.get('0', 'c|2', budget())) ?? {};
  await filled.write('0', [{ kind: 'replace', key: 'c|2', row: ROW, version }], budget());
  await filled.write('0', [{ kind: 'insert', key: 'c|0', row: ROW }], budget());
  const again = filled.write('0', [{ kind: 'replace', key: 'c|2', row: ROW, version }], budget());
  await expect(again).rejects.toMatchObject({ code: 'ERR_STORE_CONFLICT' });
  expect((await list(filled)).map(([key]) => key)).toEqual(['c|0', 'c|1', 'c|2', 'c|3']);
});
