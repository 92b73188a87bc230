import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { type Azurite, startAzurite } from '../../../dev/azurite.js';
import { createTableStore } from '../../../lib/store/table-store.js';
import { type FaultyProxy, startFaultyProxy } from '../../support/faulty-proxy.js';
import { certificateOf, deliver, makeReservation, NOW } from './records.js';

const REVOCATION = { at: NOW, reason: 'keyCompromise', by: 'person:1' } as const;
const OPERATION_TIMEOUT_MS = 1_500;

describe('table store over a bad line', () => {
  let azurite: Azurite;
  let proxy: FaultyProxy;
  let store: ReturnType<typeof createTableStore>;

  beforeAll(async () => {
    azurite = await startAzurite();
    const { port } = new URL(azurite.tableUrl);
    proxy = await startFaultyProxy(Number(port));
    store = createTableStore({
      connection: {
        kind: 'connectionString',
        value: azurite.connectionString.replace(`:${port}/`, `:${proxy.port}/`),
      },
      operationTimeoutMs: OPERATION_TIMEOUT_MS,
    });
    await store.reserve(makeReservation());
  });
  afterAll(async () => {
    await proxy.close();
    await azurite.close();
  });

  it('costs one request a step', async () => {
    const reservation = makeReservation();
    const counts: number[] = [];
    const counted = async <T>(work: Promise<T>): Promise<T> => {
      const before = proxy.requests;
      const result = await work;
      counts.push(proxy.requests - before);
      return result;
    };
    await counted(store.recall(reservation.claim));
    const reserved = await counted(store.reserve(reservation));
    const issued = await counted(store.markIssued(reserved, certificateOf(reserved), NOW));
    const delivered = await counted(store.markDelivered(issued, NOW));
    await counted(store.revoke(delivered, REVOCATION));
    expect(counts).toEqual([1, 1, 1, 1, 1]);
  });

  it('makes each write once although its reply is lost', async () => {
    const reservation = makeReservation();
    proxy.fail('loseReply');
    const reserved = await store.reserve(reservation);
    proxy.fail('loseReply');
    const issued = await store.markIssued(reserved, certificateOf(reserved), NOW);
    proxy.fail('loseReply');
    const delivered = await store.markDelivered(issued, NOW);
    proxy.fail('loseReply');
    const revoked = await store.revoke(delivered, REVOCATION);
    expect(await store.get(reservation.serialNumber)).toEqual(revoked);
    expect(revoked).toMatchObject({ state: 'revoked', revocation: REVOCATION, deliveredAt: NOW });
  });

  it('lets a row be taken up by nobody whose reply was lost: somebody else may have it', async () => {
    const reserved = await store.reserve(makeReservation());
    proxy.fail('loseReply');
    await expect(store.lease(reserved, NOW)).rejects.toMatchObject({ code: 'ERR_STORE_CONFLICT' });
  });

  it('passes over a moment of throttling', async () => {
    proxy.fail('throttle', 2);
    expect(await store.recall('AA'.repeat(32))).toBeUndefined();
  });

  it.each(['get', 'recall', 'search', 'reserve', 'revoked', 'purgeExpired'] as const)(
    'says that it is unavailable, and when to come back: %s while throttled',
    async (method) => {
      const work = {
        get: () => store.get('AA'),
        recall: () => store.recall('AA'),
        search: () => store.search({ by: { user: 'ada' } }),
        reserve: () => store.reserve(makeReservation()),
        revoked: () => store.revoked()[Symbol.asyncIterator]().next(),
        purgeExpired: () => store.purgeExpired(new Date(0)),
      }[method];
      proxy.fail('throttle', 1_000);
      const failure = work();
      await expect(failure).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
      const { retryAfterSeconds } = (await failure.catch((thrown: unknown) => thrown)) as {
        retryAfterSeconds: number;
      };
      expect(retryAfterSeconds).toBeGreaterThan(0);
      proxy.fail('throttle', 0);
    },
  );

  it('gives up within the budget when nothing answers', async () => {
    proxy.fail('hang', 1_000);
    const started = performance.now();
    await expect(store.get('AA')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    const tookMs = performance.now() - started;
    proxy.fail('hang', 0);
    expect(tookMs).toBeGreaterThan(OPERATION_TIMEOUT_MS * 0.9);
    expect(tookMs).toBeLessThan(OPERATION_TIMEOUT_MS * 3);
  });
});

describe('table store while Azurite is away', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skep-store-'));
    return () => rm(folder, { recursive: true, force: true });
  });

  it('is unavailable, and recovers by itself with nothing lost', async () => {
    const first = await startAzurite({ folder });
    const store = createTableStore({
      connection: { kind: 'connectionString', value: first.connectionString },
    });
    const delivered = await deliver(store, makeReservation());
    await first.close();
    await expect(store.get(delivered.serialNumber)).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      retryAfterSeconds: 10,
    });
    const second = await startAzurite({
      folder,
      tablePort: Number(new URL(first.tableUrl).port),
      blobPort: Number(new URL(first.blobUrl).port),
    });
    try {
      expect(second.tableUrl).toBe(first.tableUrl);
      expect(await store.get(delivered.serialNumber)).toEqual(delivered);
      expect((await store.revoke(delivered, REVOCATION)).state).toBe('revoked');
    } finally {
      await second.close();
    }
  });
});

describe('table store with an identity', () => {
  it('sends no token over plain HTTP', async () => {
    const store = createTableStore({
      connection: {
        kind: 'identity',
        tablesUrl: 'http://127.0.0.1:1',
        blobsUrl: 'http://127.0.0.1:1',
        credential: { getToken: () => Promise.reject(new Error('asked for a token')) },
      },
    });
    await expect(store.get('AA')).rejects.toMatchObject({ code: 'ERR_CONFIG' });
  });

  it('asks for a token for storage, and is unavailable without one', async () => {
    const scopes: unknown[] = [];
    const store = createTableStore({
      connection: {
        kind: 'identity',
        tablesUrl: 'https://127.0.0.1:1',
        blobsUrl: 'https://127.0.0.1:1',
        credential: {
          getToken(scope) {
            scopes.push(scope);
            return Promise.reject(new Error('no identity here'));
          },
        },
      },
    });
    await expect(store.get('AA')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    expect(scopes.flat()).toContain('https://storage.azure.com/.default');
  });
});
