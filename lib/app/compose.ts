/** @module The one place that names implementations and puts them together. */
import { createDefaultHttpClient } from '@azure/core-rest-pipeline';
import { systemClock, type Clock } from '../base/clock.js';
import { createLogger, type Logger, type LogSink } from '../base/log.js';
import { systemRandom } from '../base/random.js';
import { SkepError } from '../base/errors.js';
import type { Endpoint, EnrollmentService } from '../enrollment/service.js';
import { createIntuneClient, type IntuneClient } from '../intune/client.js';
import { systemDelay } from '../intune/deadline.js';
import { createLogJournal } from '../journal/log-journal.js';
import type { AuthoritySource } from '../keys/authority.js';
import { createFileAuthority } from '../keys/file.js';
import { createCrlPublisher, type CrlPublisher } from '../revocation/crl-publisher.js';
import { createOcspResponder, type OcspResponder } from '../revocation/ocsp-responder.js';
import { createResponderKeys } from '../revocation/responder-key.js';
import { createBlobPublications } from '../store/blob-publications.js';
import type { StoreConnection } from '../store/connection.js';
import type { CertificateStore, PublicationStore, StoreMaintenance } from '../store/store.js';
import { createTableStore } from '../store/table-store.js';
import { createIntuneValidator } from '../validators/intune.js';
import { createRenewalValidator } from '../validators/renewal.js';
import type { Config } from './config.js';
import { createIntuneCredential, createOwnCredential } from './credentials.js';
import { createEndpoints } from './endpoints.js';
import { createHealthChecks, type HealthCheck } from './health.js';
import type { Settings } from './settings.js';
import { PRODUCT, VERSION } from './version.js';

export interface CallerTokens {
  readonly issuer: readonly string[];
  readonly audience: readonly string[];
  /** JWKS. */
  readonly keys: URL;
}

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
  /** Absent when Intune is off. */
  readonly intune?: IntuneClient;
  readonly ocsp: OcspResponder;
  readonly crl: CrlPublisher;
  readonly health: readonly HealthCheck[];
  /** Whose tokens callers of the functions for people and programs must show; absent when no audience is set. */
  readonly callers?: CallerTokens;
  readonly version: string;
}

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
  const publications = createBlobPublications({ connection });
  const authority = createAuthority(settings, logger);

  const ocsp = createOcspResponder({
    authority,
    certificates: store,
    responderKeys: createResponderKeys({ clock, random, logger }),
    clock,
    logger,
  });
  const crl = createCrlPublisher({ authority, revoked: store, publications, clock, logger, publicUrl });

  const intune = settings.SKEP_INTUNE
    ? createIntuneClient({
        credential: createIntuneCredential(settings, credential),
        httpClient: createDefaultHttpClient(),
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
  const endpoints = createEndpoints({
    settings,
    urls: {
      ocsp: [`${publicUrl}/ocsp`],
      caIssuers: [`${publicUrl}/ca/{issuer}.cer`],
      crl: [`${publicUrl}/crl/{issuer}.crl`],
    },
    renewal: createRenewalValidator({ authority, certificates: store, clock }),
    ...(intune
      ? {
          intune: createIntuneValidator({
            client: intune,
            logger,
            caConfiguration: publicUrl,
            certificateAuthority: PRODUCT,
          }),
        }
      : {}),
  });

  const enrollment: EnrollmentService = {
    authority,
    store,
    currentCrl: () => crl.current(),
    journal: createLogJournal(logger),
    clock,
    random,
    logger,
  };
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
    ...(intune ? { intune } : {}),
    ocsp,
    crl,
    version: VERSION,
    ...callerTokens(settings),
    health: createHealthChecks({ authority, store, clock, ...(intune ? { intune } : {}) }),
  };
}

function storeConnection(
  settings: Settings,
  credential: ReturnType<typeof createOwnCredential>,
): StoreConnection {
  const { SKEP_STORAGE_CONNECTION: value, SKEP_TABLES_URL: tablesUrl, SKEP_BLOBS_URL: blobsUrl } = settings;
  if (value) return { kind: 'connectionString', value };
  if (!tablesUrl || !blobsUrl)
    throw new SkepError('ERR_CONFIG', { detail: 'SKEP_TABLES_URL and SKEP_BLOBS_URL' });
  return { kind: 'identity', tablesUrl, blobsUrl, credential };
}

function createAuthority(settings: Settings, log: Logger): AuthoritySource {
  const { SKEP_KEYS_FOLDER: folder, SKEP_KEYS_PASSPHRASE: passphrase } = settings;
  if (!folder) throw new SkepError('ERR_CONFIG', { detail: 'SKEP_KEYS_FOLDER' });
  return createFileAuthority({
    folder,
    mode: settings.SKEP_SCEP_MODE,
    keyType: settings.SKEP_CA_KEY_TYPE,
    subject: settings.SKEP_CA_SUBJECT,
    clock: systemClock,
    random: systemRandom,
    log,
    ...(passphrase ? { passphrase } : {}),
  });
}

function callerTokens(settings: Settings): { readonly callers?: CallerTokens } {
  const { SKEP_API_AUDIENCE: audience, SKEP_TENANT_ID: tenant } = settings;
  if (!audience) return {};
  const entra = 'https://login.microsoftonline.com';
  return {
    callers: {
      audience,
      // Version 1 and version 2 tokens name their issuer differently; which one comes is set in the app registration.
      issuer: settings.SKEP_API_ISSUER ?? [`${entra}/${tenant}/v2.0`, `https://sts.windows.net/${tenant}/`],
      keys: new URL(settings.SKEP_API_KEYS_URL ?? `${entra}/${tenant}/discovery/v2.0/keys`),
    },
  };
}
