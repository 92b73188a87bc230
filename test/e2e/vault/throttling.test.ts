/** More devices than the key's limit allows, and a vault that fails: who is turned away comes back, and nothing is lost. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VaultFaultRule } from '../../../dev/vault/meter.js';
import {
  createVaultWorld,
  enrollAs,
  type VaultInstance,
  type VaultWorld,
} from '../../support/vault-service.js';
import { virtualTime } from '../../unit/keys/virtual-time.js';

/** The throttle says ten at most, which is spread to twice as long; a first attempt that is still at work, fifteen. */
const MAX_RETRY_AFTER_SECONDS = 20;

let time: ReturnType<typeof virtualTime>;
let world: VaultWorld;

beforeEach(async () => {
  time = virtualTime(Date.parse('2026-03-01T12:00:00Z'));
  world = await createVaultWorld({ kty: 'EC-HSM' }, time.clock);
});
afterEach(() => world.vault.close());

/** Starts an instance whose RA certificate is there already, and forgets what that cost the vault. */
async function startReady(more: Parameters<VaultWorld['start']>[0] = {}): Promise<VaultInstance> {
  await world.start().source();
  const instance = world.start({ wait: time.wait, ...more });
  await instance.source();
  world.vault.meter.reset();
  return instance;
}

interface TurnedAway {
  readonly status: number;
  readonly retryAfterSeconds: number;
}

interface Device {
  readonly name: string;
  readonly turnedAway: TurnedAway[];
  readonly serialNumber: Promise<string>;
}

/** A device that keeps its request and heeds Retry-After until it has its certificate. */
function createDevice(instance: VaultInstance, name: string): Device {
  const turnedAway: TurnedAway[] = [];
  const client = instance.connect(({ status, headers }) => {
    if (status !== 200) turnedAway.push({ status, retryAfterSeconds: Number(headers.get('retry-after')) });
  });
  const insist = async (): Promise<string> => {
    for (;;) {
      const before = turnedAway.length;
      try {
        return (await enrollAs(client, name)).serialHex;
      } catch (thrown) {
        const last = turnedAway.at(-1);
        if (!last || turnedAway.length === before) throw thrown;
        await time.wait(last.retryAfterSeconds * 1000);
      }
    }
  };
  return { name, turnedAway, serialNumber: insist() };
}

const createFleet = (instance: VaultInstance, size: number): Device[] =>
  Array.from({ length: size }, (_, index) => createDevice(instance, `device-${index}`));

/** Lets time pass, with room for what goes over the wire, until everybody has a certificate. */
async function passUntilServed(fleet: readonly Device[]): Promise<string[]> {
  const progress = { done: false };
  const all = Promise.all(fleet.map(({ serialNumber }) => serialNumber)).finally(
    () => (progress.done = true),
  );
  all.catch(() => undefined);
  while (!progress.done) {
    await time.advance(200);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return all;
}

/** Each device has one certificate, and the store knows of no other. */
function expectNothingLost(serialNumbers: readonly string[], fleet: readonly Device[]): void {
  const records = [...world.store.records.values()];
  expect(new Set(serialNumbers).size).toBe(fleet.length);
  expect(new Set(records.map(({ serialNumber }) => serialNumber))).toEqual(new Set(serialNumbers));
  expect(records.every(({ state }) => state === 'delivered')).toBe(true);
}

describe('more devices than the limit allows', () => {
  it('are turned away before the vault does it, come back, and each gets one certificate for one operation', async () => {
    // An EC key in an HSM may do 2000 operations in ten seconds; this instance takes ten of them.
    const instance = await startReady({ share: 0.005 });
    world.vault.meter.limit = 10;
    const fleet = createFleet(instance, 30);
    const serialNumbers = await passUntilServed(fleet);
    expectNothingLost(serialNumbers, fleet);
    expect(world.vault.meter).toMatchObject({ throttled: 0, counts: { sign: 30 } });

    const answers = fleet.flatMap(({ turnedAway }) => turnedAway);
    expect(answers.length).toBeGreaterThan(10);
    for (const { status, retryAfterSeconds } of answers) {
      expect(status).toBe(429);
      expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
      expect(retryAfterSeconds).toBeLessThanOrEqual(MAX_RETRY_AFTER_SECONDS);
    }
    // 30 at ten in ten seconds.
    expect(time.elapsed()).toBeGreaterThan(20_000);
  });

  it('heed what the vault says when others use up its limit, and nobody asks it meanwhile', async () => {
    const instance = await startReady({ share: 1 });
    world.vault.meter.limit = 4;
    const fleet = createFleet(instance, 12);
    const serialNumbers = await passUntilServed(fleet);
    expectNothingLost(serialNumbers, fleet);
    const { throttled, counts } = world.vault.meter;
    expect(throttled).toBeGreaterThan(0);
    // Twelve signatures, and what came before the first refusal was known; nobody hammers at a closed door.
    expect(counts.sign).toBe(12 + throttled);
    expect(throttled).toBeLessThanOrEqual(16);
    const answers = fleet.flatMap(({ turnedAway }) => turnedAway);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429]));
    expect(Math.max(...answers.map(({ retryAfterSeconds }) => retryAfterSeconds))).toBeLessThanOrEqual(
      MAX_RETRY_AFTER_SECONDS,
    );
  });
});

describe('a vault that fails', () => {
  it.each<[string, VaultFaultRule]>([
    ['answers 403', { operation: 'sign', status: 403, code: 'Forbidden', times: 1 }],
    ['answers 500 twice', { operation: 'sign', status: 500, times: 2 }],
    ['answers 503 with Retry-After', { operation: 'sign', status: 503, retryAfterSeconds: 5, times: 2 }],
    ['cuts the connection twice', { operation: 'sign', cut: true, times: 2 }],
    ['signs twice, and its answers are lost', { operation: 'sign', cutAfter: true, times: 2 }],
  ])('%s: the device gets 503 with Retry-After, comes back, and has one certificate', async (_how, fault) => {
    const instance = await startReady();
    world.vault.meter.faults.push(fault);
    const fleet = [createDevice(instance, 'device')];
    expectNothingLost(await passUntilServed(fleet), fleet);
    expect(fleet[0]?.turnedAway).toMatchObject([{ status: 503 }]);
    expect(fleet[0]?.turnedAway[0]?.retryAfterSeconds).toBeGreaterThan(0);
  });

  it.each<[string, VaultFaultRule]>([
    ['an answer of 500', { operation: 'sign', status: 500, times: 1 }],
    ['a lost connection', { operation: 'sign', cut: true, times: 1 }],
  ])('%s once is not noticed by the device', async (_what, fault) => {
    const instance = await startReady();
    world.vault.meter.faults.push(fault);
    const fleet = [createDevice(instance, 'device')];
    expectNothingLost(await passUntilServed(fleet), fleet);
    expect(fleet[0]?.turnedAway).toEqual([]);
    expect(world.vault.meter.counts.sign).toBe(2);
  });

  it('that does not answer is given up in time', async () => {
    const instance = await startReady({ connection: { ...world.vault.connection, timeoutMs: 300 } });
    world.vault.meter.faults.push({ operation: 'sign', delayMs: 3000, times: 2 });
    const fleet = [createDevice(instance, 'device')];
    expectNothingLost(await passUntilServed(fleet), fleet);
    // A slow machine may be too late more than once.
    expect(new Set(fleet[0]?.turnedAway.map(({ status }) => status))).toEqual(new Set([503]));
  });
});
