/** @module The client of Intune: one for the whole process, for it remembers tokens and addresses. */
import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Clock } from '../base/clock.js';
import type { ErrorCode } from '../base/error-codes.js';
import { SkepError } from '../base/errors.js';
import type { LogFields, Logger } from '../base/log.js';
import type { RandomBytes } from '../base/random.js';
import { type Answer, createCaller } from '../microsoft/caller.js';
import type { Delay } from '../microsoft/deadline.js';
import { GRAPH_HOST_SUFFIXES, isAllowedUrl } from '../microsoft/hosts.js';
import { createTokenCache } from '../microsoft/token-cache.js';
import type { OutgoingRequest } from '../microsoft/transport.js';
import { createDiscovery } from './discovery.js';
import { type IntuneProbe, probeIntune } from './probe.js';
import { INTUNE_FAILURES } from './replies.js';
import { lookUpResultCode } from './result-codes.js';
import {
  type DownloadParameters,
  downloadRequest,
  processDownloadResponse,
  processUploadResponse,
  type RevocationRequest,
  type RevocationResult,
  uploadRequest,
} from './revocation.js';
import {
  type FailureNotice,
  failureNotificationRequest,
  judge,
  processScepActionResponse,
  type Ruling,
  type ScepTransaction,
  type SuccessNotice,
  successNotificationRequest,
  validationRequest,
} from './scep-actions.js';
import { type IntuneCloud, type IntuneService, PUBLIC_CLOUD, SERVICES } from './services.js';

/**
 * All methods throw, when there is no answer, `ERR_VALIDATOR_UNAVAILABLE`, `ERR_INTUNE_FORBIDDEN` or
 * `ERR_INTUNE_UNDISCOVERED`, with `retryAfterSeconds`. Then nothing may be issued and nothing delivered.
 */
export interface IntuneClient {
  validateRequest(transaction: ScepTransaction): Promise<Ruling>;
  /** A refusal is `ERR_NOTIFICATION_REFUSED`. May reach Intune more than once. */
  successNotification(notice: SuccessNotice): Promise<Ruling>;
  /** May reach Intune more than once. */
  failureNotification(notice: FailureNotice): Promise<Ruling>;
  downloadRevocationRequests(parameters: DownloadParameters): Promise<readonly RevocationRequest[]>;
  uploadRevocationResults(results: readonly [RevocationResult, ...RevocationResult[]]): Promise<void>;
  /** Which part works, for people. Looks at what is remembered; asks only for what is not. Never throws. */
  probe(): Promise<IntuneProbe>;
}

export interface IntuneClientOptions {
  readonly credential: TokenCredential;
  /** Must keep connections alive and follow no redirects, as `createHttpClient()` does. */
  readonly httpClient: HttpClient;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly delay: Delay;
  readonly logger: Logger;
  /** Product name and version, e.g. `Skep/0.1.0`; Intune logs it. */
  readonly callerInfo: string;
  /** Default: each member of `PUBLIC_CLOUD`. */
  readonly cloud?: Partial<IntuneCloud>;
  /** Hosts beside Microsoft's that may see our token, over plain http too: `host` or `host:port`. Default none. */
  readonly extraHosts?: readonly string[];
  /** Default 8 seconds. */
  readonly attemptTimeoutMs?: number;
  /** For one method with all its attempts, discovery included. Default 20 seconds. */
  readonly budgetMs?: number;
}

/** @throws {SkepError} `ERR_CONFIG` when `cloud.graphBaseUrl` is neither Graph nor on one of `extraHosts`. */
export function createIntuneClient(options: IntuneClientOptions): IntuneClient {
  const { clock, delay, logger, callerInfo, extraHosts = [], budgetMs = 20_000 } = options;
  const cloud = { ...PUBLIC_CLOUD, ...options.cloud };
  if (!isAllowedUrl(cloud.graphBaseUrl, GRAPH_HOST_SUFFIXES, extraHosts)) {
    throw new SkepError('ERR_CONFIG', { detail: `Graph may not be at ${cloud.graphBaseUrl}` });
  }
  const failures = INTUNE_FAILURES;
  const tokens = createTokenCache({
    credential: options.credential,
    clock,
    delay,
    timeoutMs: budgetMs,
    failures,
  });
  const call = createCaller({
    tokens,
    httpClient: options.httpClient,
    clock,
    randomBytes: options.randomBytes,
    delay,
    logger,
    userAgent: callerInfo,
    attemptTimeoutMs: options.attemptTimeoutMs ?? 8_000,
    budgetMs,
    failures,
  });
  const discovery = createDiscovery({ call, clock, logger, cloud, extraHosts });

  function callService(
    name: string,
    service: IntuneService,
    request: (baseUrl: string) => OutgoingRequest,
    fields: LogFields = {},
  ): Promise<Answer> {
    const address = { locate: () => discovery.find(service), forget: discovery.forget };
    return call({ name, scope: cloud.intuneScope, address, request, fields });
  }

  async function act(
    name: string,
    { transactionId }: ScepTransaction,
    request: (baseUrl: string) => OutgoingRequest,
    refusedAs?: ErrorCode,
  ): Promise<Ruling> {
    const { reply, clientRequestId, durationMs } = await callService(name, SERVICES.scep, request, {
      transactionId,
    });
    const ruling = judge(processScepActionResponse(reply, name), refusedAs);
    const { resultCode } = ruling;
    const detail = ruling.granted ? undefined : ruling.detail;
    // A record of the call. How loud a refusal is, is for whoever asked, who tells of it once and with our code.
    logger.info(`${name}: ${ruling.granted ? 'accepted' : 'refused'}`, {
      clientRequestId,
      transactionId,
      resultCode,
      severity: lookUpResultCode(resultCode)?.severity ?? 'error',
      durationMs,
      detail,
    });
    return ruling;
  }

  return {
    validateRequest: (transaction) =>
      act('Intune validateRequest', transaction, (baseUrl) =>
        validationRequest(baseUrl, callerInfo, transaction),
      ),
    successNotification: (notice) =>
      act(
        'Intune successNotification',
        notice,
        (baseUrl) => successNotificationRequest(baseUrl, callerInfo, notice),
        'ERR_NOTIFICATION_REFUSED',
      ),
    failureNotification: (notice) =>
      act('Intune failureNotification', notice, (baseUrl) =>
        failureNotificationRequest(baseUrl, callerInfo, notice),
      ),

    async downloadRevocationRequests(parameters) {
      const name = 'Intune downloadRevocationRequests';
      const { reply, clientRequestId, durationMs } = await callService(name, SERVICES.revocation, (baseUrl) =>
        downloadRequest(baseUrl, parameters),
      );
      const requests = processDownloadResponse(reply, name);
      logger.info(name, { clientRequestId, durationMs, requests: requests.length });
      return requests;
    },

    async uploadRevocationResults(results) {
      const name = 'Intune uploadRevocationResults';
      const { reply, clientRequestId, durationMs } = await callService(name, SERVICES.revocation, (baseUrl) =>
        uploadRequest(baseUrl, results),
      );
      processUploadResponse(reply, name);
      logger.info(name, { clientRequestId, durationMs, results: results.length });
    },

    probe: () => probeIntune({ tokens, discovery, cloud }),
  };
}
