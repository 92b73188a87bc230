/** @module SCEP over HTTP: GET and POST of every operation, with every oddity of real clients (RFC 8894 section 4). */
import { ERRORS, type ErrorCode } from '../base/error-codes.js';
import { SkepError, toSkepError } from '../base/errors.js';
import { once } from '../base/once.js';
import type { RandomBytes } from '../base/random.js';
import type { Endpoint, EnrollmentService } from '../enrollment/service.js';
import { encodeCapabilities } from '../scep/capabilities.js';
import { encodeCertsOnly } from '../scep/certs-only.js';
import type { AddressLimit } from './address-limit.js';
import { readBody, respond, respondError, respondText, type HttpAnswer, type HttpRequest } from './http.js';
import { decodeMessage, parseScepQuery } from './scep-query.js';
import { spreadRetry } from './shedding.js';

export interface ScepOptions {
  /** Octets of a request body. An Intune request has about 8 kB. */
  readonly maxBodyBytes: number;
  /** PKIOperations at work at once in this process; more are answered 429, Retry-After 30 to 60 s. */
  readonly maxConcurrent: number;
  /** What GetCACert hands out in RA mode beside the RA certificate: the issuing CA, or the chain up to the root. */
  readonly chain: 'issuer' | 'full';
  /** PKIOperations of one address. Absent: no limit. */
  readonly addressLimit?: AddressLimit;
}

/** The path is loaded for the first message: GetCACert, which a cold start is waited for with, needs none of it. */
const loadEnroll = once(async () => (await import('../enrollment/enroll.js')).enroll);

/** For whom there is no room: the least, which is spread. */
const RETRY_AFTER_SECONDS = 30;

/**
 * @param endpointName of any letter case.
 * @param rest what the path holds behind the endpoint.
 */
export type ScepHandler = (endpointName: string, rest: string, request: HttpRequest) => Promise<HttpAnswer>;

/** Windows appends it to whatever URL the profile holds, even to one that ends in it already. */
const SUFFIX = /^(pkiclient\.exe\/?)*$/i;

/**
 * @param endpoints by lower-case name; one that is not there does not exist for clients.
 */
export function createScepHandler(
  service: EnrollmentService,
  endpoints: ReadonlyMap<string, Endpoint>,
  options: ScepOptions,
): ScepHandler {
  const nextCaAnswer = once(async () =>
    (await import('../enrollment/next-ca.js')).createNextCaAnswer(service),
  );
  let atWork = 0;
  /** Told of already, until half of the places were free again: a flood is not to flood the log as well. */
  let overloadIsTold = false;

  /** Whoever there is no room for is turned away unread: that has to cost less than the room. */
  async function pkiOperation(
    endpoint: Endpoint,
    read: () => Uint8Array | Promise<Uint8Array>,
  ): Promise<HttpAnswer> {
    if (atWork >= options.maxConcurrent) {
      tellOfOverload(endpoint);
      throw new SkepError('ERR_BUSY', {
        detail: `${atWork} at work`,
        retryAfterSeconds: spreadRetry(RETRY_AFTER_SECONDS, service.random),
      });
    }
    atWork++;
    try {
      const enroll = await loadEnroll();
      // The type stands alone: sscep and certmonger compare the whole header value.
      return respond(200, await enroll(service, endpoint, await read()), 'application/x-pki-message');
    } finally {
      atWork--;
      if (atWork <= options.maxConcurrent / 2) overloadIsTold = false;
    }
  }

  function tellOfOverload(endpoint: Endpoint): void {
    if (overloadIsTold) return;
    overloadIsTold = true;
    service.logger.warn('More messages come than are worked on at once', {
      code: 'ERR_BUSY',
      endpoint: endpoint.name,
      atWork,
    });
  }

  return async (endpointName, rest, request) => {
    const endpoint = endpoints.get(endpointName.toLowerCase());
    if (!endpoint || !SUFFIX.test(rest)) {
      return respondText(404, 'There is no such SCEP endpoint here, or it is switched off.');
    }
    const { operation, message } = parseScepQuery(request.url);
    const isPost = request.method === 'POST';
    if (!isPost && request.method !== 'GET')
      return respondText(405, 'SCEP uses GET and POST.', { allow: 'GET, POST' });
    try {
      switch (operation ?? (isPost ? 'pkioperation' : '')) {
        case 'getcacaps':
          return await getCaCaps(service);
        case 'getcacert':
          return await getCaCert(service, options.chain);
        case 'getnextcacert':
          return await getNextCaCert(await nextCaAnswer());
        case 'pkioperation':
          options.addressLimit?.take(request);
          return await pkiOperation(endpoint, () =>
            isPost ? readBody(request, options.maxBodyBytes) : readQuery(message, options.maxBodyBytes),
          );
        default:
          return respondText(
            400,
            'This is a SCEP endpoint: ask it with operation=GetCACaps, GetCACert or PKIOperation.',
          );
      }
    } catch (thrown) {
      const error = spreadThrottled(asBusy(toSkepError(thrown)), service.random);
      // What became of a message that could be read, the path itself has logged.
      if (operation?.startsWith('getca') || UNREAD.has(error.code)) {
        const level = ERRORS[error.code].kind === 'client' ? 'info' : 'error';
        const cause = error.cause instanceof Error ? error.cause.message : undefined;
        service.logger[level](error.message, { code: error.code, endpoint: endpoint.name, operation, cause });
      }
      return respondError(error);
    }
  };
}

/** Failures that come before there is a message to tell of. */
const UNREAD: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_BODY_MISSING',
  'ERR_BODY_TOO_LARGE',
  'ERR_BODY_UNANNOUNCED',
  'ERR_SCEP_MALFORMED',
]);

/** Who lost a race against its own repetition may come back; HTTP 409 would look like a verdict. */
function asBusy(error: SkepError): SkepError {
  if (error.code !== 'ERR_STORE_CONFLICT') return error;
  return new SkepError('ERR_BUSY', { detail: error.detail ?? '', cause: error, retryAfterSeconds: 15 });
}

/** The key's own limit turns many away at one moment, too. */
function spreadThrottled(error: SkepError, random: RandomBytes): SkepError {
  const { code, detail = '', cause, retryAfterSeconds } = error;
  if (code !== 'ERR_SIGNER_THROTTLED' || retryAfterSeconds === undefined) return error;
  return new SkepError(code, {
    detail,
    cause,
    retryAfterSeconds: spreadRetry(retryAfterSeconds, random),
  });
}

function readQuery(message: string | undefined, maxBytes: number): Uint8Array {
  const decoded = message && decodeMessage(message);
  if (!decoded) throw new SkepError('ERR_SCEP_MALFORMED', { detail: 'the message parameter is no base64' });
  if (decoded.length > maxBytes)
    throw new SkepError('ERR_BODY_TOO_LARGE', { detail: `${decoded.length} octets` });
  return decoded;
}

async function getCaCaps(service: EnrollmentService): Promise<HttpAnswer> {
  const { next } = await service.authority();
  return respond(200, encodeCapabilities(next !== undefined), 'text/plain');
}

/** `[RA, CA]` as NDES has it, RA first; in CA mode the one certificate alone, which Apple wants (section 4.2.1). */
async function getCaCert(service: EnrollmentService, wanted: ScepOptions['chain']): Promise<HttpAnswer> {
  const { mode, issuer, recipients, chain } = await service.authority();
  if (mode === 'ca') return respond(200, issuer.certificate, 'application/x-x509-ca-cert');
  const above = wanted === 'full' ? chain : [];
  const certificates = [recipients[0].certificate, issuer.certificate, ...above];
  return respond(200, encodeCertsOnly(certificates), 'application/x-x509-ca-ra-cert');
}

async function getNextCaCert(nextCaAnswer: () => Promise<Uint8Array | undefined>): Promise<HttpAnswer> {
  const answer = await nextCaAnswer();
  if (!answer) return respondText(404, 'There is no next CA certificate yet.');
  return respond(200, answer, 'application/x-x509-next-ca-cert');
}
