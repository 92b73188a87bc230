/** @module The simulator's own clock: real time plus an offset, or frozen, moved through the control API. */
import { systemClock, type Clock } from '../../lib/base/clock.js';

export interface SimulatorClock extends Clock {
  /** Stops at `instant`. */
  freeze(instant: Date): void;
  /** Jumps to `instant` and runs on from there. */
  runFrom(instant: Date): void;
  /** Moves forward, or back with a negative value; a frozen clock stays frozen. */
  advance(durationMs: number): void;
  /** Real time again. */
  reset(): void;
  isFrozen(): boolean;
}

/** @param source real time; another one may be given in tests. */
export function createClock(source: Clock = systemClock): SimulatorClock {
  let offsetMs = 0;
  let frozenAtMs: number | undefined;
  const nowMs = () => frozenAtMs ?? source.now().getTime() + offsetMs;
  return {
    now: () => new Date(nowMs()),
    freeze: (instant) => {
      frozenAtMs = instant.getTime();
    },
    runFrom: (instant) => {
      frozenAtMs = undefined;
      offsetMs = instant.getTime() - source.now().getTime();
    },
    advance: (durationMs) => {
      if (frozenAtMs === undefined) offsetMs += durationMs;
      else frozenAtMs += durationMs;
    },
    reset: () => {
      offsetMs = 0;
      frozenAtMs = undefined;
    },
    isFrozen: () => frozenAtMs !== undefined,
  };
}
