/** @module What a failure of a client means for the server. */
import { hresultOf } from '../../dev/scep-client/hresults.js';
import { ScepClientError, type ScepClientErrorCode } from '../../dev/scep-client/index.js';
import { explainStatus } from '../explain/http-statuses.js';
import type { FaultId } from './faults.js';
import { bad, type Faulty } from './outcome.js';
import type { WireAnswer } from './wire.js';

const FAULT_OF = {
  ERR_CLIENT_NETWORK: 'answer-lost',
  ERR_CLIENT_HTTP: 'request-http',
  ERR_CLIENT_CONTENT_TYPE: 'request-no-scep',
  ERR_CLIENT_MALFORMED: 'request-no-scep',
  ERR_CLIENT_ALGORITHM: 'request-no-scep',
  ERR_CLIENT_UNDECRYPTABLE: 'request-no-scep',
  ERR_CLIENT_NO_RECIPIENT: 'ra-key-usage',
  ERR_CLIENT_THUMBPRINT: 'ca-thumbprint-other',
  ERR_CLIENT_SIGNATURE: 'answer-signature',
  ERR_CLIENT_ANSWER: 'answer-mismatch',
  ERR_CLIENT_CERTIFICATE: 'not-one-certificate',
  ERR_CLIENT_UNTRUSTED: 'issued-by-stranger',
} as const satisfies Record<Exclude<ScepClientErrorCode, 'ERR_CLIENT_INPUT'>, FaultId>;

/** @param reply the last answer that came, if one did. @throws whatever is no failure of the server. */
export function judgeClientFailure(thrown: unknown, asked: string, reply: WireAnswer | undefined): Faulty {
  if (!(thrown instanceof ScepClientError) || thrown.code === 'ERR_CLIENT_INPUT') throw thrown;
  const { httpStatus } = thrown;
  return bad(FAULT_OF[thrown.code], asked, `${thrown.message}${quote(reply, httpStatus)}`, {
    hresult: hresultOf(thrown),
    ...(httpStatus === undefined ? {} : explainStatus(httpStatus)),
  });
}

/** Skep puts its code into the body of an HTTP error. */
function quote(reply: WireAnswer | undefined, httpStatus: number | undefined): string {
  if (httpStatus === undefined || !reply?.headers['content-type']?.startsWith('text/plain')) return '';
  const [line = ''] = Buffer.from(reply.body.subarray(0, 160)).toString('utf8').split('\n');
  return line === '' ? '' : `: ${line}`;
}
