/** @module Whether the deployed app has its roles: what it says of itself, and waiting until it says so. */
import * as v from 'valibot';
import { MINUTE_MS, type Clock } from '../../lib/base/clock.js';
import type { Report } from '../ca/report.js';
import type { Terminal } from '../terminal.js';

const Health = v.object({
  parts: v.array(v.object({ name: v.string(), ok: v.boolean(), text: v.string() })),
});

export type HealthPart = v.InferOutput<typeof Health>['parts'][number];

/** Parts of the app's health that app roles decide. */
const ROLE_PARTS: readonly string[] = ['Intune', 'Directory'];

/** A cold start with slow dependencies takes this long at most. */
const TIMEOUT_MS = 60_000;
const PAUSE_MS = 20_000;

/** @returns undefined when the app does not answer as Skep does. */
export async function askHealth(
  url: string,
  { fetch }: Terminal,
): Promise<readonly HealthPart[] | undefined> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    // HTTP 503 says what is wrong in the same form.
    return v.parse(Health, await response.json()).parts;
  } catch {
    return undefined;
  }
}

export const readsDirectory = (parts: readonly HealthPart[]): boolean =>
  parts.some(({ name }) => name === 'Directory');

export interface Readiness {
  readonly state: 'ready' | 'pending' | 'silent';
  /** The parts that app roles decide. */
  readonly parts: readonly HealthPart[];
}

export const judge = (parts: readonly HealthPart[] | undefined): Readiness => {
  if (!parts) return { state: 'silent', parts: [] };
  const own = parts.filter(({ name }) => ROLE_PARTS.includes(name));
  return { state: own.every(({ ok }) => ok) ? 'ready' : 'pending', parts: own };
};

export interface WaitOptions {
  readonly ask: () => Promise<readonly HealthPart[] | undefined>;
  /** 0 looks once. */
  readonly minutes: number;
  readonly clock: Clock;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly report: Report;
}

/** Asks again and again until the app is ready or the time is up; says what changed. */
export async function waitForRoles({ ask, minutes, clock, sleep, report }: WaitOptions): Promise<Readiness> {
  const end = clock.now().getTime() + minutes * MINUTE_MS;
  let said = '';
  for (;;) {
    const readiness = judge(await ask());
    const left = end - clock.now().getTime();
    if (readiness.state === 'ready' || left <= 0) return readiness;
    const words = describeReadiness(readiness);
    const text = `${words} Waiting for ${Math.ceil(left / MINUTE_MS)} more min.`;
    if (text !== said) report.step(text);
    said = text;
    await sleep(Math.min(PAUSE_MS, left));
  }
}

export function describeReadiness({ state, parts }: Readiness): string {
  if (state === 'silent') return 'The app does not answer yet.';
  return parts.map(({ text }) => text).join(' ');
}
