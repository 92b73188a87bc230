import { describe, expect, it } from 'vitest';
import { createClock } from '../../../dev/intune/clock.js';

const at = (iso: string) => new Date(iso);

describe('the simulator clock', () => {
  const setUp = () => {
    const source = { time: at('2026-01-01T00:00:00Z') };
    const clock = createClock({ now: () => source.time });
    return { source, clock };
  };

  it('is real time until moved, then real time plus what it moved', () => {
    const { source, clock } = setUp();
    expect(clock.now()).toEqual(source.time);
    clock.advance(1000);
    source.time = at('2026-01-01T00:00:05Z');
    expect(clock.now()).toEqual(at('2026-01-01T00:00:06Z'));
  });

  it('stands still when frozen, and moves only by hand', () => {
    const { source, clock } = setUp();
    clock.freeze(at('2030-01-01T00:00:00Z'));
    source.time = at('2027-01-01T00:00:00Z');
    expect(clock.now()).toEqual(at('2030-01-01T00:00:00Z'));
    clock.advance(-1000);
    expect(clock.now()).toEqual(at('2029-12-31T23:59:59Z'));
    expect(clock.isFrozen()).toBe(true);
  });

  it('runs on from an instant, and returns to real time', () => {
    const { source, clock } = setUp();
    clock.runFrom(at('2030-01-01T00:00:00Z'));
    source.time = at('2026-01-01T00:00:01Z');
    expect(clock.now()).toEqual(at('2030-01-01T00:00:01Z'));
    clock.reset();
    expect(clock.now()).toEqual(source.time);
  });
});
