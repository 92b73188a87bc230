/** @module Counts what is asked of the vault, and stands in its way: throttling and faults. */
import { setTimeout as sleep } from 'node:timers/promises';
import { VaultFault } from './messages.js';

export const OPERATIONS = [
  'getKey',
  'createKey',
  'backupKey',
  'restoreKey',
  'sign',
  'decrypt',
  'createCertificate',
  'getPending',
  'deletePending',
  'mergeCertificate',
  'listCertificateVersions',
  'getCertificate',
  'updateCertificate',
  'deleteCertificate',
  'recoverCertificate',
  'getSecret',
] as const;

export type OperationName = (typeof OPERATIONS)[number];

export interface VaultFaultRule {
  /** Default: every operation. */
  readonly operation?: OperationName;
  /** Default: for ever. */
  times?: number;
  /** Milliseconds before anything else happens. */
  readonly delayMs?: number;
  /** The connection is cut instead of answered. */
  readonly cut?: boolean;
  /** The operation is done, but the connection is cut before its answer. */
  readonly cutAfter?: boolean;
  readonly status?: number;
  readonly code?: string;
  readonly retryAfterSeconds?: number;
}

export interface Meter {
  /** Operations that reached the vault with a token, faulted ones among them. */
  readonly counts: Record<OperationName, number>;
  /** Requests that were answered with the bearer challenge. */
  challenges: number;
  /** Requests that the limit refused. */
  throttled: number;
  /** Sign and decrypt operations in ten seconds, over all keys; undefined is no limit. */
  limit: number | undefined;
  readonly faults: VaultFaultRule[];
  /** Counts; throws what a fault or the limit answers. @returns whether to cut the connection afterwards. */
  pass(operation: OperationName): Promise<{ readonly cutAfter: boolean }>;
  reset(): void;
}

/** The connection is closed without an answer. */
export class ConnectionCut extends Error {}

const WINDOW_MS = 10_000;

const noCounts = (): Record<OperationName, number> =>
  Object.fromEntries(OPERATIONS.map((name) => [name, 0])) as Record<OperationName, number>;

/** @param nowMs milliseconds since 1970. */
export function createMeter(nowMs: () => number): Meter {
  let recent: number[] = [];

  const takeFault = (operation: OperationName): VaultFaultRule | undefined => {
    const index = meter.faults.findIndex((rule) => !rule.operation || rule.operation === operation);
    const rule = meter.faults[index];
    if (rule?.times !== undefined && --rule.times <= 0) meter.faults.splice(index, 1);
    return rule;
  };

  const throttle = (operation: OperationName): void => {
    if (meter.limit === undefined || (operation !== 'sign' && operation !== 'decrypt')) return;
    const now = nowMs();
    recent = recent.filter((time) => now - time < WINDOW_MS);
    const [oldest = now] = recent;
    if (recent.length >= meter.limit) {
      meter.throttled++;
      const seconds = Math.max(1, Math.ceil((oldest + WINDOW_MS - now) / 1000));
      throw new VaultFault(
        429,
        'Throttled',
        'Request was not processed because too many requests were received.',
        {
          'Retry-After': String(seconds),
        },
      );
    }
    recent.push(now);
  };

  const meter: Meter = {
    counts: noCounts(),
    challenges: 0,
    throttled: 0,
    limit: undefined,
    faults: [],
    async pass(operation) {
      meter.counts[operation]++;
      const rule = takeFault(operation);
      if (rule?.delayMs) await sleep(rule.delayMs);
      if (rule?.cut) throw new ConnectionCut();
      if (rule?.status) {
        const after = rule.retryAfterSeconds;
        throw new VaultFault(rule.status, rule.code ?? 'Simulated', 'A fault that was asked for.', {
          ...(after === undefined ? {} : { 'Retry-After': String(after) }),
        });
      }
      throttle(operation);
      return { cutAfter: rule?.cutAfter ?? false };
    },
    reset() {
      Object.assign(meter.counts, noCounts());
      meter.challenges = 0;
      meter.throttled = 0;
      meter.limit = undefined;
      meter.faults.length = 0;
      recent = [];
    },
  };
  return meter;
}
