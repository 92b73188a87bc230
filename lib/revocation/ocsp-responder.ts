/** @module The OCSP responder: a request's bytes in, an answer's bytes out (RFC 6960, RFC 5019). */
import { hash } from 'node:crypto';
import { HOUR_MS, MINUTE_MS, type Clock } from '../base/clock.js';
import { ERRORS } from '../base/error-codes.js';
import { toSkepError, type SkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { AuthoritySource } from '../keys/authority.js';
import { parseOcspRequest, type CertId, type OcspRequest } from '../pki/ocsp-request.js';
import {
  encodeOcspError,
  encodeOcspResponse,
  encodeResponseData,
  type OcspResponseStatus,
  type SingleResponse,
} from '../pki/ocsp-response.js';
import { REVOCATION_REASONS } from '../store/states.js';
import type { CertificateReader } from '../store/store.js';
import { createAnswerCache } from './answer-cache.js';
import { createAuthorityReader, type AnsweredIssuer } from './answered-authority.js';
import type { ResponderKey, ResponderKeys } from './responder-key.js';
import { decideStatus, type CertificateStatus } from './status.js';

export interface OcspSettings {
  /** nextUpdate after thisUpdate: how long others may believe `good`. */
  readonly goodValidityMs: number;
  /** The same for a certificate on hold, which may become good again. */
  readonly holdValidityMs: number;
  /** The same for one that is revoked for ever. */
  readonly revokedValidityMs: number;
  /** The same for one that we do not know: it may be issued in a moment. */
  readonly unknownValidityMs: number;
  /**
   * How long this instance repeats an answer without asking the store. Another instance may have revoked the
   * certificate meanwhile, so this is by how much an answer can be late beyond what clients cache.
   */
  readonly cacheMs: number;
  readonly cacheEntries: number;
}

export const OCSP_DEFAULTS: OcspSettings = {
  goodValidityMs: 10 * MINUTE_MS,
  holdValidityMs: 5 * MINUTE_MS,
  revokedValidityMs: 6 * HOUR_MS,
  unknownValidityMs: MINUTE_MS,
  cacheMs: MINUTE_MS,
  cacheEntries: 5000,
};

export interface OcspAnswer {
  /** OCSPResponse. */
  readonly der: Uint8Array;
  readonly status: OcspResponseStatus;
  /** Present when everybody may keep the answer until then: about one certificate that we know, without a nonce. */
  readonly cacheable?: { readonly thisUpdate: Date; readonly nextUpdate: Date; readonly etag: string };
  /** With `tryLater`, when the cause says it. */
  readonly retryAfterSeconds?: number;
}

export interface OcspResponder {
  /** Never throws: every failure is an OCSPResponse. */
  respond(request: Uint8Array): Promise<OcspAnswer>;
  /** To be called when the status of a certificate changed. @param serialNumber upper-case hex. */
  invalidate(serialNumber: string): void;
}

export interface OcspResponderOptions {
  readonly authority: AuthoritySource;
  readonly certificates: CertificateReader;
  readonly responderKeys: ResponderKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What differs from `OCSP_DEFAULTS`. */
  readonly settings?: Partial<OcspSettings>;
}

export function createOcspResponder(options: OcspResponderOptions): OcspResponder {
  const { certificates, responderKeys, clock, logger } = options;
  const settings: OcspSettings = { ...OCSP_DEFAULTS, ...options.settings };
  const cache = createAnswerCache<OcspAnswer>(settings.cacheEntries);
  const readAuthority = createAuthorityReader();

  async function answer(request: Uint8Array, { requests, nonce }: OcspRequest): Promise<OcspAnswer> {
    const authority = await options.authority();
    // One answer is one CA's: the first that any of the requests is about.
    const answered = readAuthority(authority).find((ca) => requests.some((id) => ca.isIssuerOf(id)));
    // Nothing here is ours: we could only sign that we do not know, and whoever asks could make us sign that for ever.
    // RFC 5019 section 2.2.3 has `unauthorized` for it. Among certificates of ours, a foreign one is `unknown`.
    if (!answered) return failure('unauthorized');

    const [only] = nonce || requests.length > 1 ? [] : requests;
    const repeated = only && cache.get(only, clock.now());
    if (repeated) return repeated;

    const changes = cache.changes();
    const thisUpdate = wholeSeconds(clock.now());
    const key = await responderKeys.current(answered.issuer);
    const statuses = await Promise.all(requests.map((id) => findStatus(id, answered, key)));
    const responses = requests.map((id, index) => singleResponse(id, statuses[index], thisUpdate, key));
    const der = signResponse(responses, nonce, wholeSeconds(clock.now()), key);

    const [single] = responses;
    if (!only || !single || single.certStatus.status === 'unknown') return { der, status: 'successful' };
    const { nextUpdate } = single;
    const etag = hash('sha256', der).toUpperCase();
    const signed: OcspAnswer = { der, status: 'successful', cacheable: { thisUpdate, nextUpdate, etag } };
    const until = Math.min(thisUpdate.getTime() + settings.cacheMs, nextUpdate.getTime());
    cache.put(request, only, signed, new Date(until), changes);
    return signed;
  }

  async function findStatus(
    id: CertId,
    answered: AnsweredIssuer,
    key: ResponderKey,
  ): Promise<CertificateStatus> {
    if (!answered.isIssuerOf(id)) return { status: 'unknown' };
    const { serialNumber } = id;
    if (answered.ownSerials.has(serialNumber) || key.serialNumber === serialNumber) return { status: 'good' };
    return decideStatus(await certificates.get(serialNumber), answered.issuerId);
  }

  function singleResponse(
    id: CertId,
    status: CertificateStatus = { status: 'unknown' },
    thisUpdate: Date,
    key: ResponderKey,
  ): SingleResponse {
    const until = thisUpdate.getTime() + validityMs(status);
    return {
      certId: id.der,
      certStatus:
        status.status === 'revoked' ? { ...status, reason: REVOCATION_REASONS[status.reason] } : status,
      thisUpdate,
      // The answer must not outlive the certificate that it is checked with.
      nextUpdate: wholeSeconds(new Date(Math.min(until, key.notAfter.getTime()))),
    };
  }

  function validityMs(status: CertificateStatus): number {
    if (status.status === 'good') return settings.goodValidityMs;
    if (status.status === 'unknown') return settings.unknownValidityMs;
    return status.reason === 'certificateHold' ? settings.holdValidityMs : settings.revokedValidityMs;
  }

  function refuse(error: SkepError): OcspAnswer {
    const { code, message, retryAfterSeconds } = error;
    if (ERRORS[code].kind === 'outage') {
      logger.warn('OCSP cannot answer now', { code, message });
      return { ...failure('tryLater'), ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
    }
    logger.error('OCSP failed', { code, message });
    return failure('internalError');
  }

  return {
    async respond(request) {
      const repeated = cache.repeat(request, clock.now());
      if (repeated) return repeated;
      let parsed: OcspRequest;
      try {
        parsed = parseOcspRequest(request);
      } catch (thrown) {
        const { code, message } = toSkepError(thrown);
        logger.debug('OCSP request is malformed', { code, message });
        return failure('malformedRequest');
      }
      try {
        return await answer(request, parsed);
      } catch (thrown) {
        return refuse(toSkepError(thrown));
      }
    },
    invalidate: (serialNumber) => {
      cache.invalidate(serialNumber);
    },
  };
}

function signResponse(
  responses: readonly SingleResponse[],
  nonce: Uint8Array | undefined,
  producedAt: Date,
  key: ResponderKey,
): Uint8Array {
  const data = encodeResponseData({ responderKeyHash: key.keyHash, producedAt, responses, nonce });
  return encodeOcspResponse(data, key.algorithm, key.sign(data), key.certificate);
}

function failure(status: Exclude<OcspResponseStatus, 'successful'>): OcspAnswer {
  return { der: encodeOcspError(status), status };
}

function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
