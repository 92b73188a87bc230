/** @module A journal that goes to the log: one debug line a request. */
import type { Logger } from '../base/log.js';
import type { JournalRecorder } from './recorder.js';

export function createLogJournal(logger: Logger): JournalRecorder {
  return {
    record: ({ steps, at, ...entry }) => {
      const times = steps.map(({ name, ms }) => `${name} ${ms} ms`).join(', ');
      logger.debug('Journal', { at: at.toISOString(), ...entry, steps: times });
      return Promise.resolve();
    },
  };
}
