/** @module An outbox in memory, for tests of what uses one. */
import type { NoticeOutbox, PendingNotice } from '../../lib/store/store.js';

export interface MemoryOutbox extends NoticeOutbox {
  /** What waits, by serial number. */
  readonly waiting: ReadonlyMap<string, PendingNotice & { readonly dueAt: Date }>;
}

export function createMemoryOutbox(): MemoryOutbox {
  const waiting = new Map<string, PendingNotice & { readonly dueAt: Date }>();
  let writes = 0;
  const put = (notice: Omit<PendingNotice, 'version'>, dueAt: Date): Promise<void> => {
    waiting.set(notice.serialNumber, { ...notice, dueAt, version: `v${++writes}` });
    return Promise.resolve();
  };
  return {
    waiting,
    enqueue: (notice) =>
      waiting.has(notice.serialNumber) ? Promise.resolve() : put({ ...notice, attempts: 0 }, notice.queuedAt),
    async *due(now) {
      await Promise.resolve();
      for (const notice of [...waiting.values()]) if (notice.dueAt <= now) yield notice;
    },
    postpone: (notice, until) =>
      waiting.get(notice.serialNumber)?.version === notice.version
        ? put({ ...notice, attempts: notice.attempts + 1 }, until)
        : Promise.resolve(),
    remove: ({ serialNumber }) => {
      waiting.delete(serialNumber);
      return Promise.resolve();
    },
  };
}
