import { beforeAll, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../lib/base/clock.js';
import { SkepError } from '../../../lib/base/errors.js';
import type { IntuneClient } from '../../../lib/intune/client.js';
import type { RevocationRequest, RevocationResult } from '../../../lib/intune/revocation.js';
import { createIntuneQueue } from '../../../lib/revocation/intune-queue.js';
import { createIntuneCheck } from '../../../lib/revocation/intunes-own.js';
import { createRevoker } from '../../../lib/revocation/revoker.js';
import type { CertificateReader } from '../../../lib/store/store.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { testAuthority, type TestAuthority } from '../../support/test-authority.js';
import { deliver, makeReservation } from '../../contract/store/records.js';
import { createTestClock, createTestLogger } from './fixtures.js';

let ca: TestAuthority;
beforeAll(async () => {
  ca = await testAuthority('ec');
});

/** Hands requests out until a final result came for them, as a queue that repeats does. */
function createFakeIntune() {
  const open: RevocationRequest[] = [];
  const results = new Map<string, RevocationResult>();
  const events: string[] = [];
  const names: (string | undefined)[] = [];
  const fake = {
    open,
    results,
    events,
    names,
    uploadFails: false,
    onDownload: () => undefined as unknown,
    ask: (serialNumber: string) => {
      const requestContext = `context ${open.length + results.size}`;
      open.push({ requestContext, serialNumber, issuerName: undefined, caConfiguration: undefined });
      return requestContext;
    },
  };
  const client: Pick<IntuneClient, 'downloadRevocationRequests' | 'uploadRevocationResults'> = {
    downloadRevocationRequests: ({ maxRequests, issuerName }) => {
      names.push(issuerName);
      fake.onDownload();
      return Promise.resolve(open.slice(0, maxRequests));
    },
    uploadRevocationResults: (uploaded) => {
      events.push(`upload ${uploaded.length}`);
      if (fake.uploadFails) return Promise.reject(new SkepError('ERR_VALIDATOR_UNAVAILABLE'));
      for (const result of uploaded) {
        results.set(result.requestContext, result);
        if (!result.succeeded && /Service/.test(result.errorCode)) continue;
        open.splice(
          open.findIndex(({ requestContext }) => requestContext === result.requestContext),
          1,
        );
      }
      return Promise.resolve();
    },
  };
  return { ...fake, fake, client };
}

function setUp({ certificates }: { certificates?: CertificateReader } = {}) {
  const store = createMemoryStore();
  const clock = createTestClock();
  const { logger, lines } = createTestLogger();
  const intune = createFakeIntune();
  const crl = { fails: false };
  const revoker = createRevoker({
    store,
    ocsp: { invalidate: () => undefined },
    crl: {
      publish: () => {
        intune.events.push('publish');
        return crl.fails ? Promise.reject(new SkepError('ERR_SIGNER_UNAVAILABLE')) : Promise.resolve();
      },
    },
    clock,
    logger,
  });
  const run = createIntuneQueue({
    source: intune.client,
    authority: ca.source,
    certificates: certificates ?? store,
    revoker,
    isIntunes: createIntuneCheck(new Set(['static'])),
    clock,
    logger,
    budgetMs: 4 * MINUTE_MS,
    batchSize: 3,
  });
  return { store, clock, lines, intune, crl, run };
}

const failure = (errorCode: string) => ({ succeeded: false, errorCode });

describe('Intune’s revocation queue', () => {
  it('revokes, publishes, and only then reports, batch by batch until it is empty', async () => {
    const { store, intune, run } = setUp();
    const made = await Promise.all(Array.from({ length: 7 }, () => deliver(store, makeReservation())));
    for (const { serialNumber } of made) intune.ask(serialNumber);
    expect(await run()).toEqual({ requests: 7, succeeded: 7, failed: 0 });
    expect(intune.events).toEqual(['publish', 'upload 3', 'publish', 'upload 3', 'publish', 'upload 1']);
    for (const { serialNumber } of made) {
      expect(store.records.get(serialNumber)).toMatchObject({
        state: 'revoked',
        revocation: { reason: 'cessationOfOperation', by: 'intune' },
      });
    }
    expect(intune.open).toEqual([]);
    expect(new Set(intune.names)).toEqual(new Set(['CN=Skep Test EC CA,O=Skep']));
  });

  it('reports each failure by its name', async () => {
    const { store, intune, run } = setUp();
    const ours = await deliver(store, makeReservation());
    const others = await deliver(store, makeReservation({ endpoint: 'static' }));
    const contexts = {
      unknown: intune.ask('AB'.repeat(20)),
      malformed: intune.ask('no serial'),
      foreign: intune.ask(others.serialNumber),
      fine: intune.ask(ours.serialNumber.toLowerCase()),
    };
    expect(await run()).toEqual({ requests: 4, succeeded: 1, failed: 3 });
    expect(intune.results.get(contexts.unknown)).toMatchObject(failure('CertificateNotFoundError'));
    expect(intune.results.get(contexts.malformed)).toMatchObject(failure('ParameterDataInvalidError'));
    expect(intune.results.get(contexts.foreign)).toMatchObject(failure('NotSupportedError'));
    expect(intune.results.get(contexts.fine)).toMatchObject({ succeeded: true });
    expect(store.records.get(others.serialNumber)?.state).toBe('delivered');
  });

  it('is not held up by a request that lacks its serial number or its context', async () => {
    const { store, intune, run } = setUp();
    const [answered, unanswerable] = await Promise.all([
      deliver(store, makeReservation()),
      deliver(store, makeReservation()),
    ]);
    const empty = { issuerName: undefined, caConfiguration: undefined };
    intune.open.push({ requestContext: '', serialNumber: unanswerable.serialNumber, ...empty });
    const nameless = intune.ask('');
    const context = intune.ask(answered.serialNumber);
    expect(await run()).toEqual({ requests: 2, succeeded: 1, failed: 1 });
    expect(intune.results.get(nameless)).toMatchObject(failure('ParameterDataInvalidError'));
    expect(intune.results.get(context)).toMatchObject({ succeeded: true });
    expect([...intune.results.keys()]).not.toContain('');
    expect(store.records.get(unanswerable.serialNumber)?.state).toBe('revoked');
  });

  it('revokes what an endpoint issued that was renamed or removed since', async () => {
    const { store, intune, run } = setUp();
    const old = await deliver(store, makeReservation({ endpoint: 'lab' }));
    const recorded = await deliver(store, makeReservation({ endpoint: 'lab', validator: 'intune' }));
    const foreign = await deliver(store, makeReservation({ endpoint: 'printers', validator: 'static' }));
    for (const { serialNumber } of [old, recorded]) intune.ask(serialNumber);
    const refused = intune.ask(foreign.serialNumber);
    expect(await run()).toEqual({ requests: 3, succeeded: 2, failed: 1 });
    expect(intune.results.get(refused)).toMatchObject(failure('NotSupportedError'));
    const states = [old, recorded, foreign].map(({ serialNumber }) => store.records.get(serialNumber)?.state);
    expect(states).toEqual(['revoked', 'revoked', 'delivered']);
  });

  it('heals an upload that was lost', async () => {
    const { store, intune, run } = setUp();
    const { serialNumber } = await deliver(store, makeReservation());
    const context = intune.ask(serialNumber);
    intune.fake.uploadFails = true;
    await expect(run()).rejects.toMatchObject({ code: 'ERR_VALIDATOR_UNAVAILABLE' });
    expect(store.records.get(serialNumber)?.state).toBe('revoked');
    intune.fake.uploadFails = false;
    expect(await run()).toEqual({ requests: 1, succeeded: 1, failed: 0 });
    expect(intune.results.get(context)).toMatchObject({ succeeded: true });
  });

  it('has Intune ask again when the CRL could not be published', async () => {
    const { store, intune, crl, run } = setUp();
    const { serialNumber } = await deliver(store, makeReservation());
    const context = intune.ask(serialNumber);
    crl.fails = true;
    expect(await run()).toEqual({ requests: 1, succeeded: 0, failed: 1 });
    expect(intune.results.get(context)).toMatchObject(failure('ServiceUnavailableException'));
    crl.fails = false;
    expect(await run()).toEqual({ requests: 1, succeeded: 1, failed: 0 });
  });

  it('has Intune ask again when the store is down, and does not spin meanwhile', async () => {
    const get = () => Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE'));
    const { intune, run } = setUp({ certificates: { get } });
    const context = intune.ask('4A0F');
    expect(await run()).toEqual({ requests: 1, succeeded: 0, failed: 1 });
    expect(intune.results.get(context)).toMatchObject(failure('RetryableServiceException'));
    expect(intune.events).toEqual(['upload 1']);
  });

  it('answers two requests for one certificate', async () => {
    const { store, intune, run } = setUp();
    const { serialNumber } = await deliver(store, makeReservation());
    intune.ask(serialNumber);
    intune.ask(serialNumber);
    expect(await run()).toEqual({ requests: 2, succeeded: 2, failed: 0 });
  });

  it('begins no batch when its time is up', async () => {
    const { clock, intune, run } = setUp();
    for (const digit of '123456') intune.ask(`AAA${digit}`);
    intune.fake.onDownload = () => {
      clock.advance(300_000);
    };
    expect(await run()).toMatchObject({ requests: 3, outOfTime: true });
  });

  it('shares a run that is under way', async () => {
    const { intune, run } = setUp();
    intune.ask('4A0F');
    const [one, two] = await Promise.all([run(), run()]);
    expect(two).toBe(one);
    expect(intune.events).toHaveLength(1);
  });
});
