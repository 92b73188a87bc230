/**
 * @module The task that appends what waits to the chain. One writer at a time wins, by the head's version; a run that is
 * ended at any point leaves a chain that the next one goes on with, and no event is told twice or lost.
 *
 * Why none is told twice: before anything is appended to a head, what that head's own append told of is gone from the
 * queue, and the append succeeds only while the head is still that one.
 */
import type { Clock } from '../base/clock.js';
import { toSkepError } from '../base/errors.js';
import type { LogFields } from '../base/log.js';
import { singleFlight } from '../base/single-flight.js';
import { startTimeBox } from '../base/time-box.js';
import { appendEvent } from './chain.js';
import {
  APPEND_LIMIT,
  type EventQueue,
  type Ledger,
  type LedgerHead,
  type PendingEvent,
  type StoredHead,
} from './ledger.js';

export interface AppenderParts {
  readonly queue: Pick<EventQueue, 'pending' | 'settle'>;
  readonly ledger: Pick<Ledger, 'head' | 'append'>;
  readonly clock: Clock;
  /** After this no further append begins, in milliseconds. */
  readonly budgetMs: number;
}

/** Events of one run; the next takes the rest. */
const RUN_LIMIT = 10_000;

/** @returns one round, for a timer. It throws `ERR_STORE_UNAVAILABLE` when it cannot look. */
export function createAppender({ queue, ledger, clock, budgetMs }: AppenderParts): () => Promise<LogFields> {
  /** What no line tells of. */
  async function findNew({ settled }: StoredHead): Promise<readonly PendingEvent[]> {
    const pending = await queue.pending(RUN_LIMIT);
    // Almost always there is nothing left of the last append, and nothing to do for it.
    const leftOver = pending.length < RUN_LIMIT ? settled.filter((id) => isAmong(pending, id)) : settled;
    if (leftOver.length > 0) await queue.settle(leftOver);
    return pending.filter(({ id }) => !settled.includes(id));
  }

  async function append(before: StoredHead, events: readonly PendingEvent[]): Promise<StoredHead> {
    const lines: string[] = [];
    let head: LedgerHead = before;
    for (const { event } of events) {
      const made = appendEvent(head, event);
      lines.push(made.line);
      head = made.head;
    }
    const settled = events.map(({ id }) => id);
    const after = await ledger.append(before, lines, { ...head, at: clock.now(), settled });
    await queue.settle(settled);
    return after;
  }

  return singleFlight(async () => {
    const time = startTimeBox(clock, budgetMs);
    let head = await ledger.head();
    const events = await findNew(head);
    let appended = 0;
    try {
      while (appended < events.length && time.mayGoOn()) {
        const batch = events.slice(appended, appended + APPEND_LIMIT);
        head = await append(head, batch);
        appended += batch.length;
      }
    } catch (thrown) {
      // Somebody else is at it: what they append is not ours to append.
      if (toSkepError(thrown).code !== 'ERR_STORE_CONFLICT') throw thrown;
      return { appended, overtaken: true };
    }
    // The line in the log is a witness of its own: whoever changes the chain would have to change the log, too.
    const told = { appended, ...time.verdict() };
    return appended === 0 ? told : { ...told, count: String(head.count), head: head.hash };
  });
}

const isAmong = (pending: readonly PendingEvent[], wanted: string): boolean =>
  pending.some(({ id }) => id === wanted);
