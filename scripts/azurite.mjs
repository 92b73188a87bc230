/**
 * @module The child process of dev/azurite.ts: Azurite's blob and table servers, and nothing else of it. Loading the two
 * classes takes a third of a second; the command line also loads queues, SQL drivers and telemetry.
 *
 * Azurite looks through a whole partition for one entity, and through the whole table for a range of them. The service
 * that it stands for has an ordered index over the keys, so with a hundred thousand certificates measurements would
 * tell about Azurite alone. Three small patches let it use the index that it keeps.
 *
 * Takes the folder (empty: in memory), the blob port and the table port (0: free) as arguments; sends `{ blobPort,
 * tablePort }` to its parent; ends on SIGTERM, or with its parent. A message `{ table, rows, last }` puts rows straight
 * where it keeps them, for benchmarks: over the wire, a hundred thousand certificates would take it ten minutes.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const load = (module) => require(`azurite/dist/src/${module}.js`);
const [, , folder, blobPort, tablePort] = process.argv;
const HOST = '127.0.0.1';
const KEEP_ALIVE_SECONDS = 60;
const inMemory = folder === '';

useIndex(require('lokijs'), load('table/persistence/LokiTableMetadataStore').default);

const { default: BlobServer } = load('blob/BlobServer');
const { default: BlobConfiguration } = load('blob/BlobConfiguration');
const { default: TableServer } = load('table/TableServer');
const { default: TableConfiguration } = load('table/TableConfiguration');
const { newHighPrecisionTimeStamp, newTableEntityEtag } = load('table/utils/utils');

const QUIET = {
  accessLog: false,
  accessLogStream: undefined,
  debugLog: false,
  debugLogFile: undefined,
  loose: false,
  skipApiVersionCheck: true,
};
const PLAIN = { cert: '', key: '', password: '', oauth: undefined, disableProductStyleUrl: false, inMemory };

const blobs = new BlobServer(
  new BlobConfiguration(
    HOST,
    Number(blobPort),
    KEEP_ALIVE_SECONDS,
    join(folder, '__azurite_db_blob__.json'),
    join(folder, '__azurite_db_blob_extent__.json'),
    [{ locationId: 'Default', locationPath: join(folder, '__blobstorage__'), maxConcurrency: 50 }],
    QUIET.accessLog,
    QUIET.accessLogStream,
    QUIET.debugLog,
    QUIET.debugLogFile,
    QUIET.loose,
    QUIET.skipApiVersionCheck,
    ...Object.values(PLAIN),
  ),
);
const tables = new TableServer(
  new TableConfiguration(
    HOST,
    Number(tablePort),
    KEEP_ALIVE_SECONDS,
    join(folder, '__azurite_db_table__.json'),
    QUIET.debugLog,
    QUIET.accessLog,
    QUIET.accessLogStream,
    QUIET.debugLogFile,
    QUIET.loose,
    QUIET.skipApiVersionCheck,
    ...Object.values(PLAIN),
  ),
);

await Promise.all([blobs.start(), tables.start()]);
process.once('SIGTERM', stop);
process.once('disconnect', stop);
// Ctrl-C reaches the whole group; the parent still needs the store while it ends.
process.on('SIGINT', () => undefined);
process.on('message', async ({ table, rows, last }) => {
  await fill(tables.metadataStore, table, rows, last);
  process.send?.({ filled: rows.length });
});
process.send?.({ blobPort: portOf(blobs), tablePort: portOf(tables) });

function portOf(server) {
  return Number(new URL(server.getHttpServerAddress()).port);
}

/** Closing writes what is still in memory into the folder. */
async function stop() {
  await Promise.allSettled([blobs.close(), tables.close()]);
  process.exit(0);
}

/**
 * Nothing is checked: whoever fills a table knows its rows to be new. The index over the keys is made once, at the end;
 * keeping it in order row by row is most of what filling costs otherwise.
 */
async function fill(store, table, rows, last) {
  const account = 'devstoreaccount1';
  const tableId = { account, table };
  await store.createTable({}, tableId).catch(() => undefined);
  const entities = store.getEntityCollection(account, table, {});
  entities.adaptiveBinaryIndices = false;
  const lastModifiedTime = newHighPrecisionTimeStamp(new Date());
  const eTag = newTableEntityEtag(lastModifiedTime);
  const timestamp = { Timestamp: lastModifiedTime, 'Timestamp@odata.type': 'Edm.DateTime' };
  for (const { PartitionKey, RowKey, ...columns } of rows) {
    const properties = { PartitionKey, RowKey, ...columns, ...timestamp };
    entities.insert({ PartitionKey, RowKey, properties, lastModifiedTime, eTag });
  }
  if (!last) return;
  entities.ensureAllIndexes();
  entities.adaptiveBinaryIndices = true;
}

function useIndex(Loki, TableStore) {
  const { findOne } = Loki.Collection.prototype;
  Loki.Collection.prototype.findOne = function (query) {
    const { PartitionKey, RowKey } = query ?? {};
    // Loki looks by the first property; row keys are far more selective than partition keys.
    return findOne.call(this, RowKey === undefined ? query : { RowKey, PartitionKey });
  };

  // An index costs a walk through all rows at every removal; the one on partition keys no longer earns it.
  const { addCollection } = Loki.prototype;
  Loki.prototype.addCollection = function (name, options) {
    const indices = options?.indices?.filter((column) => column !== 'PartitionKey');
    return addCollection.call(this, name, { ...options, ...(indices && { indices }) });
  };

  const { queryTableEntities } = TableStore.prototype;
  TableStore.prototype.queryTableEntities = function (context, account, table, options, ...next) {
    const bounds = /RowKey ge '([^']*)' and RowKey lt '([^']*)'/.exec(options.filter ?? '');
    if (!bounds) return queryTableEntities.call(this, context, account, table, options, ...next);
    const collection = this.getEntityCollection(account, table, context);
    const chain = () => collection.chain().find({ RowKey: { $between: [bounds[1], bounds[2]] } });
    const narrowed = Object.create(this, { getEntityCollection: { value: () => ({ chain }) } });
    return queryTableEntities.call(narrowed, context, account, table, options, ...next);
  };
}
