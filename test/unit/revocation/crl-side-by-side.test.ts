/** Instances that publish side by side: whatever their order and their clocks, no entry is lost and no number sinks. */
import { beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/clock.js';
import { SkepError } from '../../../lib/base/errors.js';
import { parseCrl } from '../../../lib/pki/crl-reader.js';
import type { CrlSettings } from '../../../lib/revocation/crl-publisher.js';
import { createRevoker } from '../../../lib/revocation/revoker.js';
import { testAuthority, type TestAuthority } from '../../support/test-authority.js';
import {
  createWorld,
  document,
  instance,
  numberOf,
  serialsOf,
  signingAfter,
  type World,
} from './crl-world.js';
import { createTestLogger, deliver, revoke } from './fixtures.js';
import { interleavings, playInOrder } from './turns.js';

let ca: TestAuthority;

beforeAll(async () => {
  ca = await testAuthority('ec');
});

type Step = 'get' | 'revoked' | 'put';

/** The world as one instance sees it: something happens before each of its steps that others can see. */
function pausing(world: World, before: (step: Step) => Promise<unknown>): World {
  const { store, publications } = world;
  return {
    ...world,
    store: {
      ...store,
      async *revoked() {
        await before('revoked');
        yield* store.revoked();
      },
    },
    publications: {
      ...publications,
      get: async (...args) => (await before('get'), publications.get(...args)),
      put: async (...args) => (await before('put'), publications.put(...args)),
    },
  };
}

/** The world of an instance that is overtaken once, before the step. */
function overtakenAt(world: World, step: Step, act: () => Promise<unknown>): World {
  let waits = true;
  return pausing(world, async (next) => {
    if (!waits || next !== step) return;
    waits = false;
    await act();
  });
}

/** The world by a clock that is ahead; or behind, where `ms` is negative. */
const skewed = (world: World, ms: number): World => ({
  ...world,
  clock: { ...world.clock, now: () => new Date(world.clock.now().getTime() + ms) },
});

function deltaOf(world: World): Uint8Array | undefined {
  try {
    return document(world, ca, 'delta');
  } catch {
    return undefined;
  }
}

const REMOVE_FROM_CRL = 8;

/** What a client finds revoked that fetches both CRLs and combines them as RFC 5280 section 5.2.4 says. */
function listed(world: World): string[] {
  const complete = document(world, ca);
  const serials = new Set(serialsOf(complete));
  const delta = deltaOf(world);
  const number = numberOf(complete);
  if (delta && (parseCrl(delta).baseNumber ?? 0) <= number && number < numberOf(delta)) {
    for (const { serialNumber, reason } of parseCrl(delta).entries()) {
      if (reason === REMOVE_FROM_CRL) serials.delete(serialNumber);
      else serials.add(serialNumber);
    }
  }
  return [...serials];
}
const numbers = (world: World): number[] => {
  const delta = deltaOf(world);
  return [numberOf(document(world, ca)), ...(delta ? [numberOf(delta)] : [])];
};

/** The world with a look at it after every write: each says at least what the one before said, under a higher number. */
function watched(world: World): World & { writes(): number } {
  const { publications } = world;
  let writes = 0;
  let last = { highest: 0, complete: 0, listed: [] as string[] };
  return {
    ...world,
    writes: () => writes,
    publications: {
      ...publications,
      async put(...args) {
        await publications.put(...args);
        writes += 1;
        const now = {
          highest: Math.max(...numbers(world)),
          complete: numberOf(document(world, ca)),
          listed: listed(world),
        };
        expect(now.highest).toBeGreaterThan(last.highest);
        expect(now.complete).toBeGreaterThanOrEqual(last.complete);
        expect(now.listed).toEqual(expect.arrayContaining(last.listed));
        last = now;
      },
    },
  };
}

const publishedLines = (lines: readonly string[]) => lines.filter((line) => line.includes('Published a CRL'));
const signedLines = (lines: readonly string[]) => lines.filter((line) => line.includes('Signed a CRL'));

describe('an instance that is overtaken', () => {
  it.each(['get', 'revoked', 'put'] as const)(
    'before its step "%s" keeps what the other published',
    async (step) => {
      const world = watched(createWorld());
      await instance(world, ca).publish('timer');
      world.clock.advance(MINUTE_MS);
      let other: Promise<string> | undefined;
      const act = () =>
        (other ??= (async () => {
          world.clock.advance(1000);
          const { serialNumber } = await revoke(world.store, ca);
          await instance(world, ca).publish('revocation');
          expect(listed(world)).toEqual([serialNumber]);
          return serialNumber;
        })());
      const slow = instance(overtakenAt(world, step, act), ca);
      await slow.publish('timer');
      expect(listed(world)).toEqual([await other]);
      expect(publishedLines(slow.lines)).toHaveLength(1);
      expect(signedLines(slow.lines)).toHaveLength(step === 'get' ? 1 : 2);
    },
  );

  it.each([2000, HOUR_MS, -2000, -HOUR_MS])('with a clock that is %i ms off, too', async (ms) => {
    const world = watched(createWorld());
    await instance(world, ca).publish('timer');
    world.clock.advance(MINUTE_MS);
    // It has read its entries when the other learns of a revocation and publishes it.
    let other: Promise<unknown> | undefined;
    const overtaken = signingAfter(ca, () => {
      world.clock.advance(300);
      other ??= revoke(world.store, ca).then(() => instance(world, ca).publish('revocation'));
      return other;
    });
    await instance(skewed(world, ms), ca, {}, overtaken).publish('timer');
    expect(listed(world)).toHaveLength(1);
    expect(world.writes()).toBe(3);
  });

  it('numbers above what it replaces, not above what it began with', async () => {
    const world = watched(createWorld());
    await instance(world, ca).publish('timer');
    const fast = skewed(world, MINUTE_MS);
    await instance(
      overtakenAt(world, 'put', () => instance(fast, ca).publish('other')),
      ca,
    ).publish('timer');
    expect(numbers(world)).toEqual([world.clock.now().getTime() + MINUTE_MS + 1]);
  });
});

describe('the first publication', () => {
  it('by two at once has the entries of both', async () => {
    const world = watched(createWorld());
    const publishOne = async () => {
      const { serialNumber } = await revoke(world.store, ca);
      await instance(world, ca).publish('revocation');
      return serialNumber;
    };
    const serials = await Promise.all([publishOne(), publishOne()]);
    expect(listed(world).sort()).toEqual(serials.sort());
    expect(world.writes()).toBe(2);
  });

  it('replaces none that another made meanwhile', async () => {
    const world = watched(createWorld());
    const act = () => revoke(world.store, ca).then(() => instance(world, ca).publish('revocation'));
    await instance(overtakenAt(world, 'put', act), ca).publish('demand');
    expect(listed(world)).toHaveLength(1);
  });
});

describe('an instance that others keep overtaking', () => {
  it('gives up after three attempts, and leaves what the others published', async () => {
    const world = watched(createWorld());
    const overtaken = signingAfter(ca, () => instance(world, ca).publish('other'));
    const slow = instance(world, ca, {}, overtaken);
    await expect(slow.publish('slow')).rejects.toMatchObject({
      code: 'ERR_STORE_CONFLICT',
      detail: 'the CRL was replaced during each of 3 attempts',
    });
    expect(signedLines(slow.lines)).toHaveLength(3);
    expect(publishedLines(slow.lines)).toEqual([]);
    expect(world.writes()).toBe(3);
  });

  it('serves what the others published to whoever asks for the first CRL', async () => {
    const world = watched(createWorld());
    const published: number[] = [];
    const overtaken = signingAfter(ca, async () => {
      await instance(world, ca).publish('other');
      published.push(numberOf(document(world, ca)));
    });
    // The one that it met last, for as long as it keeps it in memory.
    expect(published).toContain(numberOf(await instance(world, ca, {}, overtaken).current()));
    expect(published).toHaveLength(3);
  });

  it('does not call its revocations published', async () => {
    const world = watched(createWorld());
    const { serialNumber } = await deliver(world.store, ca);
    // The others have read their entries before this row was written.
    const others = instance({ ...world, store: createWorld().store }, ca);
    const crl = instance(
      world,
      ca,
      {},
      signingAfter(ca, () => others.publish('other')),
    );
    const { clock, store } = world;
    const ocsp = { invalidate: () => undefined };
    const revoker = createRevoker({ store, ocsp, crl, clock, logger: createTestLogger().logger });
    const order = { action: 'revoke', reason: 'keyCompromise', by: 'intune', serialNumber } as const;
    expect((await revoker.apply([order])).published).toBe(false);
    expect(listed(world)).toEqual([]);
  });

  it('does not begin again when the store is away', async () => {
    const world = createWorld();
    const act = () => Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE'));
    const broken = instance(overtakenAt(world, 'put', act), ca);
    await expect(broken.publish('timer')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    expect(signedLines(broken.lines)).toHaveLength(1);
  });
});

describe('delta CRLs of two instances', () => {
  const delta = { deltaAboveEntries: 0 } as const;
  const newBase = { deltaAboveEntries: 0, baseIntervalMs: 0 } as const;

  it('change with their base, as a reader of the store sees it at any time', async () => {
    const world = watched(createWorld());
    await revoke(world.store, ca);
    await instance(world, ca, delta).publish('timer');
    world.clock.advance(HOUR_MS);
    await instance(world, ca, newBase).publish('timer');
    expect(world.writes()).toBe(2);
    expect(parseCrl(document(world, ca, 'delta')).baseNumber).toBe(numberOf(document(world, ca)));
  });

  it.each([
    ['a delta', 'a delta', delta, delta],
    ['a new base', 'a delta', newBase, delta],
    ['a delta', 'a new base', delta, newBase],
    ['a new base', 'a new base', newBase, newBase],
  ])('lose nothing when %s is overtaken by %s', async (_slow, _other, slowSettings, otherSettings) => {
    for (const ms of [0, 2000, -2000]) {
      const world = watched(createWorld());
      const before = await revoke(world.store, ca);
      await instance(world, ca, delta).publish('timer');
      world.clock.advance(MINUTE_MS);
      const after: string[] = [];
      const act = async () => {
        after.push((await revoke(world.store, ca)).serialNumber);
        await instance(world, ca, otherSettings).publish('revocation');
      };
      await instance(overtakenAt(skewed(world, ms), 'put', act), ca, slowSettings).publish('timer');
      expect(listed(world).sort()).toEqual([before.serialNumber, ...after].sort());
    }
  });
});

/** Every order in which the steps of two instances can come that the other can see; the second revokes first. */
describe('every order of two instances', () => {
  const complete = {};
  const delta = { deltaAboveEntries: 0 };
  const newBase = { deltaAboveEntries: 0, baseIntervalMs: 0 };
  const cases: readonly (readonly [string, boolean, Partial<CrlSettings>, Partial<CrlSettings>])[] = [
    ['two first publications', false, complete, complete],
    ['two first publications with deltas', false, delta, delta],
    ['two complete CRLs', true, complete, complete],
    ['two deltas', true, delta, delta],
    ['a new base and a delta', true, newBase, delta],
    ['a delta and a new base', true, delta, newBase],
    ['two new bases', true, newBase, newBase],
    ['the end of deltas and a delta', true, complete, delta],
    ['a delta and the end of deltas', true, delta, complete],
  ];

  it.each(cases)('%s', async (_name, published, firstSettings, secondSettings) => {
    const orders = interleavings(
      ['get', 'revoked', 'put'].length,
      ['revoke', 'get', 'revoked', 'put'].length,
    );
    expect(orders).toHaveLength(35);
    for (const ms of [0, 2000, -2000]) {
      for (const order of orders) {
        const world = watched(createWorld());
        await revoke(world.store, ca);
        if (published) await instance(world, ca, delta).publish('timer');
        world.clock.advance(MINUTE_MS);
        const tick = (pause: () => Promise<void>) => async () => {
          await pause();
          world.clock.advance(100);
        };
        await playInOrder(order, [
          (pause) => instance(pausing(skewed(world, ms), tick(pause)), ca, firstSettings).publish('timer'),
          async (pause) => {
            await tick(pause)();
            const { serialNumber } = await revoke(world.store, ca);
            await instance(pausing(world, tick(pause)), ca, secondSettings).publish('revocation');
            expect(listed(world), `order ${order.join('')}, ${ms} ms`).toContain(serialNumber);
          },
        ]);
        expect(listed(world), `order ${order.join('')}, ${ms} ms`).toHaveLength(2);
      }
    }
  });
});
