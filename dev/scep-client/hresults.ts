/** @module The HRESULT that Windows leaves behind for each way in which an enrollment fails. */
import { HRESULTS, hresultOfStatus, type HresultName } from '../../lib/base/hresults.js';
import { ScepClientError, type ScepClientErrorCode } from './errors.js';

/** `ERR_CLIENT_HTTP` and `ERR_CLIENT_NETWORK` have families of their own, below. */
const BY_ERROR = {
  ERR_CLIENT_INPUT: 'ERROR_INVALID_PARAMETER',
  ERR_CLIENT_CONTENT_TYPE: 'WININET_E_INVALID_SERVER_RESPONSE',
  ERR_CLIENT_MALFORMED: 'CRYPT_E_ASN1_BADTAG',
  ERR_CLIENT_ALGORITHM: 'ERROR_INVALID_DATA',
  ERR_CLIENT_NO_RECIPIENT: 'SCARD_E_NO_SUCH_CERTIFICATE',
  ERR_CLIENT_THUMBPRINT: 'CRYPT_E_HASH_VALUE',
  ERR_CLIENT_UNTRUSTED: 'CERT_E_UNTRUSTEDROOT',
  ERR_CLIENT_SIGNATURE: 'NTE_BAD_SIGNATURE',
  ERR_CLIENT_ANSWER: 'ERROR_INVALID_DATA',
  ERR_CLIENT_UNDECRYPTABLE: 'NTE_BAD_DATA',
  ERR_CLIENT_CERTIFICATE: 'CRYPT_E_NO_MATCH',
  ERR_CLIENT_HTTP: 'E_FAIL',
  ERR_CLIENT_NETWORK: 'WININET_E_CANNOT_CONNECT',
} as const satisfies Record<ScepClientErrorCode, HresultName>;

/** The HRESULT of whatever an attempt threw, its own if it has one; unsigned 32 bits. */
export function hresultOf(thrown: unknown): number {
  if (thrown instanceof Error && 'hresult' in thrown) return Number(thrown.hresult);
  if (!(thrown instanceof ScepClientError)) return HRESULTS.E_FAIL.code;
  if (thrown.httpStatus !== undefined) return hresultOfStatus(thrown.httpStatus);
  if (thrown.code === 'ERR_CLIENT_NETWORK') return HRESULTS[networkHresult(thrown.message)].code;
  return HRESULTS[BY_ERROR[thrown.code]].code;
}

/** @param detail holds the code of Node's error, e.g. ENOTFOUND. */
export function networkHresult(detail: string): HresultName {
  if (/ENOTFOUND|EAI_AGAIN/.test(detail)) return 'WININET_E_NAME_NOT_RESOLVED';
  if (/TIMEOUT|TimeoutError|ETIMEDOUT/i.test(detail)) return 'WININET_E_TIMEOUT';
  if (/TLS|SSL|CERT/.test(detail)) return 'WININET_E_DECODING_FAILED';
  if (/UND_ERR_SOCKET|HPE_/.test(detail)) return 'WININET_E_INVALID_SERVER_RESPONSE';
  return 'WININET_E_CANNOT_CONNECT';
}
