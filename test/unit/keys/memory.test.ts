import { beforeEach, describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import type { Authority, AuthoritySource } from '../../../lib/keys/authority.js';
import { rememberAuthority } from '../../../lib/keys/memory.js';
import { testAuthority } from '../../support/test-authority.js';
import { linesLogger, steppedClock, type SteppedClock } from './fixtures.js';

const { authority } = await testAuthority('ec');
const AWAY = new SkepError('ERR_STORE_UNAVAILABLE');

let clock: SteppedClock;
let logged: ReturnType<typeof linesLogger>;
/** What a look finds, or why it fails. */
let found: Authority | Error;
let looks: number;
/** While set, a look lasts until it is called. */
let finish: (() => void) | undefined;
let slow: boolean;
let source: AuthoritySource;

const viewOf = (changes: Partial<Authority> = {}): Authority => ({ ...authority, ...changes });
/** Told apart by what they hold, too. */
const [old, next] = [viewOf(), viewOf({ chain: [Uint8Array.of(1)] })];

beforeEach(() => {
  clock = steppedClock('2026-03-01T12:00:00Z');
  logged = linesLogger();
  found = old;
  looks = 0;
  slow = false;
  const load = async (): Promise<Authority> => {
    looks++;
    if (slow) await new Promise<void>((resolve) => (finish = resolve));
    if (found instanceof Error) throw found;
    return found;
  };
  source = rememberAuthority(load, { clock, log: logged.log });
});

/** Lets everything run that waits for promises alone. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a view', () => {
  it('is loaded once for all who ask first, and again by the next when that failed', async () => {
    found = AWAY;
    await expect(source()).rejects.toBe(AWAY);
    found = old;
    expect(await Promise.all([source(), source()])).toEqual([old, old]);
    expect(looks).toBe(2);
  });

  it('of five minutes is looked at again behind the answer, and nobody waits', async () => {
    await source();
    found = next;
    clock.advanceMinutes(4.9);
    expect(await source()).toBe(old);
    await settle();
    expect(looks).toBe(1);
    clock.advanceMinutes(0.1);
    slow = true;
    expect(await Promise.all([source(), source()])).toEqual([old, old]);
    finish?.();
    await settle();
    expect(await source()).toBe(next);
    expect(looks).toBe(2);
  });

  it('is not used once it is ten minutes old, however long nobody asked', async () => {
    await source();
    found = next;
    clock.advanceMinutes(3 * 60);
    expect(await source()).toBe(next);
    found = old;
    clock.advanceMinutes(10);
    expect(await source()).toBe(old);
  });

  it('that is too old is looked at once for all who wait', async () => {
    await source();
    found = next;
    clock.advanceMinutes(180);
    const all = await Promise.all(Array.from({ length: 20 }, () => source()));
    expect(all.every((view) => view === next)).toBe(true);
    expect(looks).toBe(2);
  });

  it('whose look behind the answer is still under way when it is too old shares that look', async () => {
    await source();
    found = next;
    clock.advanceMinutes(6);
    slow = true;
    expect(await source()).toBe(old);
    clock.advanceMinutes(5);
    const waiting = source();
    finish?.();
    expect(await waiting).toBe(next);
    expect(looks).toBe(2);
  });

  it('ends at the cut-over, however fresh it is', async () => {
    found = viewOf({ until: new Date(clock.now().getTime() + 2 * 60_000) });
    const announced = await source();
    found = next;
    clock.advanceMinutes(1.9);
    expect(await source()).toBe(announced);
    clock.advanceMinutes(0.1);
    expect(await source()).toBe(next);
    expect(looks).toBe(2);
  });

  it('that a look took across the cut-over is not used a second time', async () => {
    slow = true;
    found = viewOf({ until: new Date(clock.now().getTime() + 60_000) });
    const first = source();
    clock.advanceMinutes(2);
    finish?.();
    expect(await first).toBe(found);
    [slow, found] = [false, next];
    expect(await source()).toBe(next);
  });
});

describe('a look that fails', () => {
  it('leaves the view in use, and is tried again a minute later while nobody waits', async () => {
    await source();
    found = AWAY;
    clock.advanceMinutes(180);
    expect(await Promise.all([source(), source()])).toEqual([old, old]);
    expect(await source()).toBe(old);
    expect(looks).toBe(2);
    expect(logged.lines).toHaveLength(1);
    expect(logged.lines[0]).toContain('the present one stays in use');

    found = next;
    clock.advanceMinutes(0.9);
    await source();
    await settle();
    expect(looks).toBe(2);
    clock.advanceMinutes(0.1);
    expect(await source()).toBe(old);
    await settle();
    expect(await source()).toBe(next);
  });

  it('does not make a view last: after another idle time it is waited for again', async () => {
    await source();
    found = AWAY;
    clock.advanceMinutes(180);
    await source();
    found = next;
    clock.advanceMinutes(10);
    expect(await source()).toBe(next);
  });

  it('before the cut-over does not put the cut-over off', async () => {
    found = viewOf({ until: new Date(clock.now().getTime() + 6 * 60_000) });
    await source();
    found = AWAY;
    clock.advanceMinutes(5.5);
    await source();
    await settle();
    expect(looks).toBe(2);
    found = next;
    clock.advanceMinutes(0.5);
    expect(await source()).toBe(next);
  });

  it('at the cut-over lets the old CA go on, and keeps nobody waiting', async () => {
    found = viewOf({ until: new Date(clock.now().getTime() + 60_000) });
    const announced = await source();
    found = AWAY;
    clock.advanceMinutes(1);
    expect(await source()).toBe(announced);
    slow = true;
    expect(await source()).toBe(announced);
    expect(looks).toBe(2);
  });
});

describe('whoever misses something in a view', () => {
  it('has it looked at again, once a minute however many come', async () => {
    await source();
    found = next;
    clock.advanceMinutes(0.9);
    expect(await source('anew')).toBe(old);
    clock.advanceMinutes(0.1);
    expect(await Promise.all(Array.from({ length: 20 }, () => source('anew')))).toEqual(
      Array.from({ length: 20 }, () => next),
    );
    await source('anew');
    expect(looks).toBe(2);
    clock.advanceMinutes(1);
    await source('anew');
    expect(looks).toBe(3);
  });

  it('is told that the look failed, also where another one looked; the others keep the view', async () => {
    await source();
    found = AWAY;
    clock.advanceMinutes(1);
    await expect(source('anew')).rejects.toBe(AWAY);
    await expect(source('anew')).rejects.toBe(AWAY);
    expect(looks).toBe(2);
    expect(await source()).toBe(old);
    found = next;
    clock.advanceMinutes(1);
    expect(await source('anew')).toBe(next);
  });
});
