/** @module The one place that names implementations and puts them together. */
import { systemClock, type Clock } from '../base/clock.js';
import { toSkepError } from '../base/errors.js';
import { createLogger, type Logger, type LogSink } from '../base/log.js';
import { once } from '../base/once.js';
import { systemRandom } from '../base/random.js';
import { deferNotification } from '../enrollment/outbox.js';
import type { Endpoint, EnrollmentService } from '../enrollment/service.js';
import { createIntuneClient, type IntuneClient } from '../intune/client.js';
import { systemDelay } from '../microsoft/deadline.js';
import { createHttpClient } from '../microsoft/transport.js';
import { createBoundedRecorder } from '../journal/bounded-recorder.js';
import { createLogJournal } from '../journal/log-journal.js';
import type { JournalReader } from '../journal/recorder.js';
import type { LedgerReader } from '../ledger/ledger.js';
import type { AuthoritySource } from '../keys/authority.js';
import { createIntuneCheck } from '../revocation/intunes-own.js';
import { createBlobPublications, STATE_CONTAINER } from '../store/blob-publications.js';
import { createCaPublications } from '../store/ca-publications.js';
import type { CertificateStore, PublicationStore, StoreMaintenance } from '../store/store.js';
import { createTableJournal } from '../store/table-journal.js';
import { createTableLedger } from '../store/table-ledger.js';
import { createTableOutbox } from '../store/table-outbox.js';
import { createTableStore } from '../store/table-store.js';
import { createIntuneValidator } from '../validators/intune.js';
import { createRenewalValidator } from '../validators/renewal.js';
import type { Revocation } from './compose-revocation.js';
import type { Config } from './config.js';
import { createIntuneCredential, createOwnCredential } from './credentials.js';
import { connectDirectory } from './directory.js';
import { createEndpoints, othersThanIntune } from './endpoints.js';
import { createHealthChecks } from './health.js';
import type { HealthCheck } from './health-check.js';
import { createKeys } from './keys.js';
import type { Tasks } from './tasks.js';
import { PRODUCT, VERSION } from './version.js';
import { callerTokens, type CallerTokens } from './caller-tokens.js';
import { storeConnection } from './store-connection.js';

export interface App {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly authority: AuthoritySource;
  readonly store: CertificateStore & StoreMaintenance;
  readonly publications: PublicationStore;
  readonly enrollment: EnrollmentService;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly scep: {
    readonly maxBodyBytes: number;
    readonly maxConcurrent: number;
    readonly chain: 'issuer' | 'full';
  };
  readonly addressLimits: {
    readonly requestsPerMinute: number;
    readonly failuresPerMinute: number;
    readonly trustedHops: number;
  };
  /** Absent when Intune is off. */
  readonly intune?: IntuneClient;
  /** Loaded when somebody asks for a status or a CRL, or something is revoked. */
  readonly revocation: () => Promise<Revocation>;
  readonly journal: JournalReader;
  readonly ledger: LedgerReader;
  /** Loaded when the first timer runs. */
  readonly tasks: () => Promise<Tasks>;
  readonly health: readonly HealthCheck[];
  /** Whose tokens callers of the functions for people and programs must show; absent when no audience is set. */
  readonly callers?: CallerTokens;
  readonly version: string;
}

/** Of one reading or writing: what the directory's timer remembers of a big tenant is many megabytes. */
const STATE_TIMEOUT_MS = 30_000;

/**
 * Puts the app together. Nothing is reached yet: keys, storage and Intune are asked when they are first needed.
 * @throws {SkepError} `ERR_CONFIG`
 */
export function compose(config: Config, sink: LogSink): App {
  const { settings, publicUrl } = config;
  const clock = systemClock;
  const random = systemRandom;
  const logger = createLogger(sink, settings.SKEP_LOG_LEVEL);
  const credential = createOwnCredential(settings);

  const connection = storeConnection(settings, credential);
  const store = createTableStore({ connection, logger });
  const ledger = createTableLedger({ connection });
  const outbox = createTableOutbox({ connection });
  const journal = createTableJournal({
    connection,
    clock,
    random,
    retentionDays: settings.SKEP_JOURNAL_DAYS,
  });
  const publications = createBlobPublications({ connection });
  const keys = createKeys(settings, {
    credential,
    ca: createCaPublications(publications),
    queue: store.events,
    clock,
    random,
    logger,
  });
  const { authority } = keys;

  const intuneCredential = createIntuneCredential(settings, credential);
  // One for both: Graph and Intune share its connections.
  const httpClient = createHttpClient();
  const directory = connectDirectory(settings, {
    credential: intuneCredential,
    httpClient,
    clock,
    random,
    logger,
  });
  const intune = settings.SKEP_INTUNE
    ? createIntuneClient({
        credential: intuneCredential,
        httpClient,
        clock,
        randomBytes: random,
        delay: systemDelay,
        logger,
        callerInfo: PRODUCT,
        cloud: {
          graphBaseUrl: settings.SKEP_GRAPH_URL,
          graphScope: settings.SKEP_GRAPH_SCOPE,
          intuneScope: settings.SKEP_INTUNE_SCOPE,
          intuneAppId: settings.SKEP_INTUNE_APP_ID,
        },
        extraHosts: settings.SKEP_INTUNE_HOSTS ?? [],
      })
    : undefined;
  const intuneValidator =
    intune &&
    createIntuneValidator({
      client: intune,
      logger,
      caConfiguration: publicUrl,
      certificateAuthority: PRODUCT,
    });
  const endpoints = createEndpoints({
    settings,
    urls: {
      ocsp: [`${publicUrl}/ocsp`],
      caIssuers: [`${publicUrl}/ca/{issuer}.cer`],
      crl: [`${publicUrl}/crl/{issuer}.crl`],
    },
    renewal: createRenewalValidator({
      authority,
      certificates: store,
      clock,
      acceptUnknown: settings.SKEP_RENEWAL_UNKNOWN === 'accept',
    }),
    ...(directory?.identityCheck ? { identityCheck: directory.identityCheck } : {}),
    ...(intuneValidator
      ? {
          intune:
            settings.SKEP_INTUNE_NOTIFY === 'deferred'
              ? deferNotification(intuneValidator, outbox, clock)
              : intuneValidator,
        }
      : {}),
  });

  const isIntunes = createIntuneCheck(othersThanIntune(endpoints));

  const revocation = once(async () => {
    const { composeRevocation } = await import('./compose-revocation.js');
    return composeRevocation(config, {
      authority,
      store,
      publications,
      isIntunes,
      clock,
      random,
      logger,
      ...(directory ? { directory: directory.graph } : {}),
    });
  });

  const enrollment: EnrollmentService = {
    authority,
    store,
    currentCrl: async (issuerId) => (await revocation()).crl.current(issuerId),
    announceRevocation: (serialNumber) => {
      revocation().then(
        ({ revoker }) => {
          revoker.announce(serialNumber);
        },
        (thrown: unknown) => {
          const { code, detail } = toSkepError(thrown);
          logger.error('A revocation was not announced; the next CRL has it', { serialNumber, code, detail });
        },
      );
    },
    journal: createBoundedRecorder({
      writer: journal,
      echo: createLogJournal(logger),
      budgetMs: settings.SKEP_JOURNAL_WAIT_MS,
      logger,
    }),
    limits: {
      nesting: settings.SKEP_MAX_NESTING,
      attributes: settings.SKEP_MAX_ATTRIBUTES,
      nameOctets: settings.SKEP_MAX_NAME_BYTES,
    },
    clock,
    random,
    logger,
  };
  const tasks = once(async () => {
    const { composeTasks } = await import('./compose-tasks.js');
    return composeTasks(settings, {
      ...(await revocation()),
      store,
      ledger,
      outbox,
      journal,
      keys,
      isIntunes,
      clock,
      logger,
      ...(intune && intuneValidator ? { intune: { client: intune, validator: intuneValidator } } : {}),
      ...(directory
        ? {
            directory: {
              source: directory.graph,
              state: createBlobPublications({
                connection,
                container: STATE_CONTAINER,
                operationTimeoutMs: STATE_TIMEOUT_MS,
              }),
            },
          }
        : {}),
    });
  });
  return {
    config,
    clock,
    logger,
    authority,
    store,
    publications,
    enrollment,
    endpoints,
    scep: {
      maxBodyBytes: settings.SKEP_MAX_BODY_BYTES,
      maxConcurrent: settings.SKEP_MAX_CONCURRENT,
      chain: settings.SKEP_SCEP_CHAIN,
    },
    addressLimits: {
      requestsPerMinute: settings.SKEP_MAX_REQUESTS_PER_MINUTE,
      failuresPerMinute: settings.SKEP_MAX_FAILURES_PER_MINUTE,
      trustedHops: settings.SKEP_TRUSTED_PROXIES,
    },
    ...(intune ? { intune } : {}),
    revocation,
    journal,
    ledger,
    tasks,
    version: VERSION,
    ...callerTokens(settings),
    health: createHealthChecks({
      keys,
      store,
      events: store.events,
      clock,
      ...(intune ? { intune } : {}),
      ...(directory ? { directory: directory.graph } : {}),
    }),
  };
}
