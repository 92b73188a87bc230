/** @module The faults of the matrix: how one step is made to fail for all devices of a wave. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../support/faulty-proxy.js';
import type { DeviceLine, SeenAnswer } from './device-line.js';
import { attempt, type Device, type Strike } from './fleet.js';
import { STEPS, type Step } from './steps.js';
import type { World } from './world.js';

export const FAULTS = ['error', 'time-out', 'throttle', 'kill', 'reply lost'] as const;
export type FaultName = (typeof FAULTS)[number];

/**
 * What the proxies do, by turns: a process can be killed before or after what it asked for was done, and replies can be
 * lost as often as the server asks, or once. Where the last reply of all is meant, some are lost on their way to the device.
 */
const PROXY_FAULTS = {
  error: ['error'],
  'time-out': ['hang'],
  throttle: ['throttle'],
  kill: ['hang', 'hangAfter'],
  'reply lost': ['loseReply', 'loseReply', 'loseFirstReply'],
} as const satisfies Record<FaultName, readonly Fault[]>;
const LAST_REPLY = ['loseReply', 'at the device', 'loseFirstReply'] as const;

/** Nothing has happened for so long: everybody waits for somebody. */
const QUIET_MS = 30;
/** Time passes by so much where the server waits before it tries again… */
const BACK_OFF_MS = 1_000;
/** …and by so much where all hang: beyond the time limit of one call. */
const TIME_OUT_MS = 6_000;
const POLL_MS = 5;
const THROTTLED_MS = 12_000;

export interface StrikeReport {
  /** Requests between the server and its neighbours that met the fault. */
  readonly struck: number;
  readonly kills: number;
  /** What devices were told while a step was left undone, other than to come back. */
  readonly wrongAnswers: readonly string[];
  /** Devices that were told to come back for a reply that was lost once; a slow machine sends some away. */
  readonly sentAway: number;
}

/**
 * While the fault lasts, time passes only where all wait: so a time-out takes as long as a computer needs for it.
 */
export function createStrike(
  world: World,
  line: DeviceLine,
  step: Step,
  fault: FaultName,
): { readonly strike: Strike; readonly report: () => StrikeReport } {
  const proxy = world.proxies[STEPS[step]];
  const struckBefore = proxy.struck;
  const variants: readonly (Fault | 'at the device')[] =
    step === 'deliver' && fault === 'reply lost' ? LAST_REPLY : PROXY_FAULTS[fault];
  let waves = 0;
  let kills = 0;
  let lostAnswers = 0;
  const wrongAnswers: string[] = [];
  let sentAway = 0;

  /** Until all devices have an answer: kills the server once all hang, or lets time pass while nothing else happens. */
  async function attemptUnder(devices: readonly Device[]): Promise<void> {
    let left = devices.length;
    const wave = Promise.all(devices.map((device) => attempt(device).finally(() => left--)));
    while (left > 0) {
      await Promise.race([wave, delay(POLL_MS)]);
      const allAsked = left > 0 && line.underWay === left;
      if (!allAsked || world.quietMs() < QUIET_MS) continue;
      const allHang = proxy.hanging >= left;
      if (fault !== 'kill') {
        await world.moveTime(allHang ? TIME_OUT_MS : BACK_OFF_MS);
        await delay(QUIET_MS);
      } else if (allHang) {
        await world.server.kill();
        kills += 1;
        await wave;
        await world.startServer();
      }
    }
    await wave;
  }

  /** The devices get their certificates; the timer that tells Intune of them meets the fault. */
  async function tellUnder(devices: readonly Device[]): Promise<void> {
    await Promise.all(devices.map(attempt));
    const ended = world.server.runTimer('timer-outbox').then(
      () => true,
      () => true,
    );
    for (;;) {
      if (await Promise.race([ended, delay(POLL_MS, false)])) return;
      if (world.quietMs() < QUIET_MS) continue;
      if (fault !== 'kill') {
        await world.moveTime(proxy.hanging > 0 ? TIME_OUT_MS : BACK_OFF_MS);
        await delay(QUIET_MS);
      } else if (proxy.hanging > 0) {
        await world.server.kill();
        kills += 1;
        await ended;
        await world.startServer();
      }
    }
  }

  async function strike(devices: readonly Device[]): Promise<void> {
    const turn = waves++;
    const answersBefore = line.answers.length;
    const variant = variants[turn % variants.length];
    if (variant === 'at the device') {
      line.loseAnswers(true);
      lostAnswers += devices.length;
    } else {
      proxy.aim(step, variant);
    }
    try {
      await (step === 'tell' ? tellUnder(devices) : attemptUnder(devices));
    } finally {
      line.loseAnswers(false);
      proxy.aim();
    }
    const answers = line.answers.slice(answersBefore);
    if (variant === 'loseFirstReply') sentAway += answers.filter(({ status }) => status !== 200).length;
    if (UNDONE.includes(fault) && step !== 'tell') {
      const wrong = answers.filter((answer) => !isComeBack(answer));
      wrongAnswers.push(
        ...wrong.map(({ status, retryAfter }) => `${status}, ${retryAfter ?? 'no Retry-After'}`),
      );
    }
    // The server asks nobody before the pause is over that it was told to make.
    if (fault === 'throttle') await world.moveTime(THROTTLED_MS);
  }

  return {
    strike,
    report: () => ({ struck: proxy.struck - struckBefore + lostAnswers, kills, wrongAnswers, sentAway }),
  };
}

/** With these the step is not done: nobody gets anything, and all are told when to come back. */
const UNDONE: readonly FaultName[] = ['error', 'time-out', 'throttle'];

const isComeBack = ({ status, retryAfter }: SeenAnswer): boolean =>
  (status === 503 || status === 429) && Number(retryAfter) > 0;
