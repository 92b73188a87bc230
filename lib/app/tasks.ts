/** @module What timers do: one task each, with a line in the log for every run. */
import { DAY_MS, HOUR_MS, MINUTE_MS, type Clock } from '../base/clock.js';
import { toSkepError } from '../base/errors.js';
import type { LogFields, Logger } from '../base/log.js';
import { startTimeBox } from '../base/time-box.js';
import type { JournalMaintenance } from '../journal/recorder.js';
import type { CrlPublisher } from '../revocation/crl-publisher.js';
import type { StoreMaintenance } from '../store/store.js';

/**
 * - `crl`: a CRL is published even if nothing changed, before the last one lapses.
 * - `sweep`: what was begun and never finished is brought to an end.
 * - `intuneRevocations`: certificates that Intune wants revoked.
 * - `directory`: what happened to devices and users happens to their certificates.
 * - `issuanceLog`: what was signed and revoked is appended to the hash-chained log.
 * - `outbox`: success notifications that were deferred.
 * - `raRenewal`: the next RA certificate, in time; nothing to do where the keys are files.
 * - `expiry`: a warning when the CA certificate or the RA certificate ends soon.
 * - `purge`: what is too old to be needed.
 */
export type TaskName =
  | 'crl'
  | 'sweep'
  | 'intuneRevocations'
  | 'directory'
  | 'issuanceLog'
  | 'outbox'
  | 'raRenewal'
  | 'expiry'
  | 'purge';

/**
 * How long each may go on, in milliseconds; then it begins nothing new, and its next run goes on. What is under way then
 * still comes to its end: a call to Graph takes 20 s at most, and then orders are written and a CRL is signed.
 *
 * The host ends a function after `functionTimeout` of host.json, whatever it is at, and starts its worker anew. That is ten
 * minutes: more than twice the longest of these times, no more than lies between two runs of what takes so long, so that a
 * run which hangs delays the next one and no other, and no more than any plan of Azure Functions allows. Requests do not
 * come near it, since Azure's front end ends them after 230 s.
 *
 * `whole`: a few calls, each with a limit of its own, which are done all or not at all.
 */
export const TASK_BUDGETS_MS = {
  crl: 'whole',
  sweep: 2 * MINUTE_MS,
  intuneRevocations: 4 * MINUTE_MS,
  directory: 4 * MINUTE_MS,
  issuanceLog: 45_000,
  outbox: 50_000,
  raRenewal: 'whole',
  expiry: 'whole',
  purge: 4 * MINUTE_MS,
} as const satisfies Record<TaskName, number | 'whole'>;

/** Throws what went wrong, after it was logged: the host counts a failed run. */
export type Task = () => Promise<void>;

export type Tasks = Readonly<Record<TaskName, Task>>;

export interface TaskParts {
  readonly crl: Pick<CrlPublisher, 'publish'>;
  readonly sweep: () => Promise<LogFields>;
  /** Absent when Intune is off, as is the next. */
  readonly workOffIntuneQueue?: () => Promise<LogFields>;
  readonly deliverNotices?: () => Promise<LogFields>;
  /** Absent when the directory is not connected. */
  readonly followDirectory?: () => Promise<LogFields>;
  /** Whether one was made. Absent when the keys are not in a vault. */
  readonly renewRa?: () => Promise<boolean>;
  readonly appendToLog: () => Promise<LogFields>;
  readonly watchExpiry: () => Promise<LogFields>;
  readonly store: Pick<StoreMaintenance, 'purgeExpired'>;
  readonly journal: JournalMaintenance;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Age of what is purged. The same request is answered again for a day at most (SKEP_REPLAY_WINDOW_MINUTES), a challenge
 * of Intune is good for an hour, and CRLs come every hour: a day and an hour is beyond all of them.
 */
const PURGE_AFTER_MS = DAY_MS + HOUR_MS;

export function createTasks(parts: TaskParts): Tasks {
  const { crl, store, journal, clock } = parts;
  const idle = () => Promise.resolve({ idle: true });
  const log = (task: TaskName, work: () => Promise<LogFields>): Task => withLog(task, work, parts);
  return {
    crl: log('crl', async () => {
      await crl.publish('timer');
      return {};
    }),
    sweep: log('sweep', parts.sweep),
    intuneRevocations: log('intuneRevocations', parts.workOffIntuneQueue ?? idle),
    directory: log('directory', parts.followDirectory ?? idle),
    issuanceLog: log('issuanceLog', parts.appendToLog),
    outbox: log('outbox', parts.deliverNotices ?? idle),
    raRenewal: log('raRenewal', async () => ({ renewed: Number((await parts.renewRa?.()) ?? false) })),
    expiry: log('expiry', parts.watchExpiry),
    purge: log('purge', async () => {
      const before = new Date(clock.now().getTime() - PURGE_AFTER_MS);
      const all = startTimeBox(clock, TASK_BUDGETS_MS.purge);
      // Half of it each, so that the journal has its turn.
      const half = startTimeBox(clock, TASK_BUDGETS_MS.purge / 2);
      const purged = await store.purgeExpired(before, half.mayGoOn);
      const journalRows = await journal.purge(all.mayGoOn);
      return { ...purged, journalRows, ...half.verdict(), ...all.verdict() };
    }),
  };
}

/** A run that found nothing to do is worth a debug line only: some tasks run every minute. */
function withLog(task: TaskName, work: () => Promise<LogFields>, { clock, logger }: TaskParts): Task {
  return async () => {
    const start = clock.now().getTime();
    try {
      const fields = await work();
      const durationMs = clock.now().getTime() - start;
      if (fields['outOfTime'] === true) {
        logger.warn('A timer ran out of time; its next run goes on', { task, ...fields, durationMs });
        return;
      }
      const busy = Object.values(fields).some((value) => typeof value === 'number' && value > 0);
      logger[busy ? 'info' : 'debug']('A timer did its work', { task, ...fields, durationMs });
    } catch (thrown) {
      const { code, detail } = toSkepError(thrown);
      const durationMs = clock.now().getTime() - start;
      logger.error('A timer failed; its next run tries again', { task, code, detail, durationMs });
      throw thrown;
    }
  };
}
