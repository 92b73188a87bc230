/** @module The tasks of the timers, put together. */
import { MINUTE_MS, type Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import { createDelivery } from '../enrollment/outbox.js';
import type { Directory } from '../directory/directory.js';
import type { IntuneClient } from '../intune/client.js';
import type { JournalMaintenance } from '../journal/recorder.js';
import { createAppender } from '../ledger/appender.js';
import type { EventQueue, Ledger } from '../ledger/ledger.js';
import type { CrlPublisher } from '../revocation/crl-publisher.js';
import { createDirectoryStateStore } from '../revocation/directory-state.js';
import { createDirectorySync } from '../revocation/directory-sync.js';
import { createIntuneQueue } from '../revocation/intune-queue.js';
import type { IntuneCheck } from '../revocation/intunes-own.js';
import type { Revoker } from '../revocation/revoker.js';
import { createSweeper } from '../revocation/sweeper.js';
import type { CertificateStore, NoticeOutbox, PublicationStore, StoreMaintenance } from '../store/store.js';
import type { Validator } from '../validators/validator.js';
import { createExpiryWatch } from './expiry.js';
import type { Keys } from './keys.js';
import type { Settings } from './settings.js';
import { createTasks, TASK_BUDGETS_MS, type Tasks } from './tasks.js';

export interface TimedParts {
  readonly store: CertificateStore & StoreMaintenance & { readonly events: EventQueue };
  readonly ledger: Ledger;
  readonly outbox: NoticeOutbox;
  readonly journal: JournalMaintenance;
  readonly keys: Keys;
  readonly crl: CrlPublisher;
  readonly revoker: Revoker;
  readonly isIntunes: IntuneCheck;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intune?: { readonly client: IntuneClient; readonly validator: Validator };
  readonly directory?: { readonly source: Directory; readonly state: PublicationStore };
}

/** What the timers do, of what this app has: without Intune nothing is told to it, without a directory nobody is followed. */
export function composeTasks(
  settings: Settings,
  { outbox, keys, intune, directory, ...parts }: TimedParts,
): Tasks {
  const { store, crl, journal, revoker, isIntunes, clock, logger } = parts;
  const undeliveredMs = settings.SKEP_UNDELIVERED_MINUTES * MINUTE_MS;
  const common = { certificates: store, revoker, clock, logger };
  return createTasks({
    crl,
    store,
    journal,
    clock,
    logger,
    ...(keys.renewRa ? { renewRa: keys.renewRa } : {}),
    appendToLog: createAppender({
      queue: store.events,
      ledger: parts.ledger,
      clock,
      budgetMs: TASK_BUDGETS_MS.issuanceLog,
    }),
    watchExpiry: createExpiryWatch({ authority: keys.authority, clock, logger }),
    sweep: createSweeper({
      store,
      revoker,
      clock,
      logger,
      budgetMs: TASK_BUDGETS_MS.sweep,
      settings: { undeliveredMs },
    }),
    ...(intune && {
      workOffIntuneQueue: createIntuneQueue({
        ...common,
        source: intune.client,
        authority: keys.authority,
        isIntunes,
        budgetMs: TASK_BUDGETS_MS.intuneRevocations,
      }),
      // Whatever the setting says now: what was deferred before is still to be delivered.
      deliverNotices: createDelivery({
        ...common,
        outbox,
        validator: intune.validator,
        budgetMs: TASK_BUDGETS_MS.outbox,
      }),
    }),
    ...(directory && {
      followDirectory: createDirectorySync({
        ...common,
        directory: directory.source,
        state: createDirectoryStateStore(directory.state),
        isIntunes,
        budgetMs: TASK_BUDGETS_MS.directory,
        settings: { maxSharePercent: settings.SKEP_DIRECTORY_MAX_SHARE },
      }),
    }),
  });
}
