/** @module A journal that goes to the log: one debug line a request. */
import type { Logger } from '../base/log.js';
import type { JournalRecorder } from './recorder.js';

export function createLogJournal(logger: Logger): JournalRecorder {
  return {
    record: ({ steps, at, notes, ...entry }) => {
      const times = steps.map(({ name, ms }) => `${name} ${ms} ms`).join(', ');
      logger.debug('Journal', { at: at.toISOString(), ...entry, notes: notes?.join(' '), steps: times });
      return Promise.resolve();
    },
  };
}
