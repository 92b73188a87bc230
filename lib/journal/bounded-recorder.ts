/** @module A recorder that never fails and never keeps a device waiting for long. */
import { toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { JournalEntry, JournalRecorder, JournalWriter } from './recorder.js';

export interface BoundedRecorderOptions {
  readonly writer: JournalWriter;
  /** Hears of every entry too, first. */
  readonly echo: JournalRecorder;
  /** Milliseconds after which the device gets its answer and the writing goes on behind it. */
  readonly budgetMs: number;
  readonly logger: Logger;
}

export function createBoundedRecorder(options: BoundedRecorderOptions): JournalRecorder {
  const { writer, echo, budgetMs, logger } = options;

  async function write(entry: JournalEntry): Promise<'written'> {
    try {
      await writer.write(entry);
    } catch (thrown) {
      const { code, detail } = toSkepError(thrown);
      const { transactionId, serialNumber, outcome } = entry;
      logger.warn('A journal entry could not be written', {
        code,
        detail,
        transactionId,
        serialNumber,
        outcome,
      });
    }
    return 'written';
  }

  return {
    async record(entry) {
      await echo.record(entry);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(resolve, budgetMs, 'late');
      });
      const first = await Promise.race([write(entry), late]);
      clearTimeout(timer);
      if (first === 'late') {
        logger.warn('The journal is slow; an entry is still being written', {
          transactionId: entry.transactionId,
        });
      }
    },
  };
}
