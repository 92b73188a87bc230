/** @module The faults of the matrix: how one step is made to fail for all devices of a wave. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../support/faulty-proxy.js';
import type { DeviceLine } from './device-line.js';
import { attemptAll, type Device, type Strike } from './fleet.js';
import { STEPS, type Step } from './steps.js';
import type { World } from './world.js';

export const FAULTS = ['error', 'time-out', 'throttle', 'kill', 'reply lost'] as const;
export type FaultName = (typeof FAULTS)[number];

/** What the proxies do, by turns: a process can be killed before or after what it asked for was done. */
const PROXY_FAULTS = {
  error: ['error'],
  'time-out': ['hang'],
  throttle: ['throttle'],
  kill: ['hang', 'hangAfter'],
  'reply lost': ['loseReply'],
} as const satisfies Record<FaultName, readonly Fault[]>;

/** Nothing has happened for so long: everybody waits for somebody. */
const QUIET_MS = 30;
/** Longer than any single wait of the server's own, and shorter than a device's. */
const STEP_MS = 1_000;
const POLL_MS = 5;

export interface StrikeReport {
  /** Requests between the server and its neighbours that met the fault. */
  readonly struck: number;
  readonly kills: number;
}

/**
 * While the fault lasts, time passes only where all wait: so a time-out takes as long as a computer needs for it.
 */
export function createStrike(
  world: World,
  line: DeviceLine,
  step: Step,
  fault: FaultName,
): { readonly strike: Strike; report(): StrikeReport } {
  const proxy = world.proxies[STEPS[step]];
  const struckBefore = proxy.struck;
  const variants: readonly Fault[] = PROXY_FAULTS[fault];
  let waves = 0;
  let kills = 0;
  let lostAnswers = 0;

  const allWait = () => proxy.hanging > 0 && proxy.hanging >= line.underWay;

  /** Until the wave is over: kills the server once all hang, or lets time pass while nothing else happens. */
  async function shepherd(wave: Promise<unknown>): Promise<void> {
    let over = false;
    const end = wave.finally(() => {
      over = true;
    });
    while (!over) {
      await Promise.race([end, delay(POLL_MS)]);
      if (over || world.quietMs() < QUIET_MS || line.underWay === 0) continue;
      if (fault === 'kill') {
        if (!allWait()) continue;
        await world.server.kill();
        kills += 1;
        await end;
        await world.startServer();
        return;
      }
      await world.moveTime(allWait() ? 6 * STEP_MS : STEP_MS);
      await delay(QUIET_MS);
    }
    await end;
  }

  async function strike(devices: readonly Device[]): Promise<void> {
    const turn = waves++;
    // The last reply of all goes to the device: every other turn it is that one which is lost.
    const atDevice = step === 'deliver' && fault === 'reply lost' && turn % 2 === 1;
    if (atDevice) {
      line.loseAnswers(true);
      lostAnswers += devices.length;
    } else {
      proxy.aim(step, variants[turn % variants.length]);
    }
    try {
      await shepherd(attemptAll(devices));
    } finally {
      line.loseAnswers(false);
      proxy.aim();
    }
  }

  return {
    strike,
    report: () => ({ struck: proxy.struck - struckBefore + lostAnswers, kills }),
  };
}
