/** @module The HRESULTs that Windows leaves behind when an enrollment fails, as `ErrorCode` below the SCEP node. */
import { ScepClientError, type ScepClientErrorCode } from '../scep-client/index.js';

/** Names are those of the Windows SDK. */
export const HRESULTS = {
  E_FAIL: { code: 0x80004005, means: 'unspecified error' },
  ERROR_INVALID_DATA: { code: 0x8007000d, means: 'the data is invalid' },
  ERROR_INVALID_PARAMETER: { code: 0x80070057, means: 'a setting of the profile is not usable' },
  WININET_E_NAME_NOT_RESOLVED: { code: 0x80072ee7, means: 'the server’s name could not be resolved' },
  WININET_E_CANNOT_CONNECT: { code: 0x80072efd, means: 'no connection to the server' },
  WININET_E_TIMEOUT: { code: 0x80072ee2, means: 'the server did not answer in time' },
  WININET_E_DECODING_FAILED: { code: 0x80072f8f, means: 'a security error occurred (TLS)' },
  WININET_E_INVALID_SERVER_RESPONSE: { code: 0x80072f78, means: 'the server’s response could not be parsed' },
  NTE_BAD_DATA: { code: 0x80090005, means: 'the answer does not open with the request’s key' },
  NTE_NO_KEY: { code: 0x8009000d, means: 'the key does not exist' },
  NTE_NOT_SUPPORTED: { code: 0x80090029, means: 'the key provider cannot make such a key' },
  TBS_E_TPM_NOT_FOUND: { code: 0x8028400f, means: 'there is no TPM' },
  NTE_BAD_SIGNATURE: { code: 0x80090006, means: 'the signature of the answer is not valid' },
  CRYPT_E_HASH_VALUE: { code: 0x80091007, means: 'the hash value is not correct (CA thumbprint)' },
  CRYPT_E_NO_MATCH: { code: 0x80092009, means: 'the certificate does not match the request' },
  CRYPT_E_ASN1_BADTAG: { code: 0x8009310b, means: 'ASN.1 bad tag value met' },
  CERT_E_UNTRUSTEDROOT: { code: 0x800b0109, means: 'a certificate chain ended in an untrusted root' },
  SCARD_E_NO_SUCH_CERTIFICATE: { code: 0x8010002c, means: 'the requested certificate does not exist' },
} as const satisfies Record<string, { readonly code: number; readonly means: string }>;

export type HresultName = keyof typeof HRESULTS;

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

const HTTP_FAMILY = 0x80190000;

/** The HRESULT of whatever an attempt threw, its own if it has one; unsigned 32 bits. */
export function hresultOf(thrown: unknown): number {
  if (thrown instanceof Error && 'hresult' in thrown) return Number(thrown.hresult);
  if (!(thrown instanceof ScepClientError)) return HRESULTS.E_FAIL.code;
  if (thrown.httpStatus !== undefined) return HTTP_FAMILY + thrown.httpStatus;
  if (thrown.code === 'ERR_CLIENT_NETWORK') return HRESULTS[networkHresult(thrown.message)].code;
  return HRESULTS[BY_ERROR[thrown.code]].code;
}

function networkHresult(detail: string): HresultName {
  if (/ENOTFOUND|EAI_AGAIN/.test(detail)) return 'WININET_E_NAME_NOT_RESOLVED';
  if (/TIMEOUT|TimeoutError|ETIMEDOUT/i.test(detail)) return 'WININET_E_TIMEOUT';
  if (/TLS|SSL|CERT/.test(detail)) return 'WININET_E_DECODING_FAILED';
  if (/UND_ERR_SOCKET|HPE_/.test(detail)) return 'WININET_E_INVALID_SERVER_RESPONSE';
  return 'WININET_E_CANNOT_CONNECT';
}

/** What an HRESULT means, in words. */
export function describeHresult(code: number): string {
  if (code >>> 16 === HTTP_FAMILY >>> 16) return `HTTP ${code & 0xffff}`;
  return Object.values(HRESULTS).find((row) => row.code === code)?.means ?? 'told by the server';
}

/** As Windows writes it, e.g. `0x80190194`. */
export const formatHresult = (code: number): string =>
  `0x${code.toString(16).toUpperCase().padStart(8, '0')}`;

/** As it travels over MDM: signed 32 bits. */
export const signedHresult = (code: number): number => code | 0;
