/** @module The steps of one request with their times, for the journal and the log. */
import type { Clock } from '../base/clock.js';
import type { ErrorCode } from '../base/error-codes.js';
import type { JournalEntry, JournalStep } from '../journal/recorder.js';

/** Collected on the way; becomes one journal entry. */
export interface Trace {
  messageType: string;
  readonly transactionId: string;
  subject?: string;
  serialNumber?: string;
  deviceId?: string;
  user?: string;
  /** Codes of what is worth telling of and does not end the request; each counts once. */
  readonly notes: Set<string>;
  /** Runs a step and notes how long it took, also when it fails. */
  step<T>(name: string, work: () => T | Promise<T>): Promise<T>;
  entry(outcome: JournalEntry['outcome'], code?: ErrorCode, detail?: string): JournalEntry;
}

export function startTrace(endpoint: string, transactionId: string, clock: Clock): Trace {
  const at = clock.now();
  const steps: JournalStep[] = [];
  return {
    messageType: 'unknown',
    transactionId,
    notes: new Set(),
    async step(name, work) {
      const started = performance.now();
      try {
        return await work();
      } finally {
        steps.push({ name, ms: Math.round((performance.now() - started) * 100) / 100 });
      }
    },
    entry(outcome, code, detail) {
      const { messageType, subject, serialNumber, deviceId, user, notes } = this;
      return {
        at,
        endpoint,
        transactionId,
        messageType,
        outcome,
        steps,
        code,
        detail,
        notes: notes.size === 0 ? undefined : [...notes],
        subject,
        serialNumber,
        deviceId,
        user,
      };
    },
  };
}
