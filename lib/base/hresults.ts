/** @module The HRESULTs of Windows that certificate enrollment meets: what devices and Intune’s console show. */

/** Names are those of the Windows SDK; `code` is unsigned, 32 bits. */
export const HRESULTS = {
  E_FAIL: { code: 0x80004005, means: 'unspecified error' },
  E_ACCESSDENIED: { code: 0x80070005, means: 'access is denied' },
  ERROR_INVALID_DATA: { code: 0x8007000d, means: 'the data is invalid' },
  ERROR_INVALID_PARAMETER: { code: 0x80070057, means: 'a setting of the profile is not usable' },
  ERROR_FILENAME_EXCED_RANGE: {
    code: 0x800700ce,
    means: 'the file name or extension is too long (for a SCEP client: the answer is no SCEP answer)',
  },
  ERROR_TIMEOUT: { code: 0x800705b4, means: 'the operation returned because its time was up' },
  RPC_S_SERVER_UNAVAILABLE: { code: 0x800706ba, means: 'the server is unavailable' },
  WININET_E_TIMEOUT: { code: 0x80072ee2, means: 'the server did not answer in time' },
  WININET_E_NAME_NOT_RESOLVED: { code: 0x80072ee7, means: 'the server’s name could not be resolved' },
  WININET_E_CANNOT_CONNECT: { code: 0x80072efd, means: 'no connection to the server' },
  WININET_E_CONNECTION_ABORTED: { code: 0x80072efe, means: 'the connection to the server was cut' },
  WININET_E_CLIENT_AUTH_CERT_NEEDED: {
    code: 0x80072f0c,
    means: 'the server asks the client for a certificate',
  },
  WININET_E_INVALID_SERVER_RESPONSE: { code: 0x80072f78, means: 'the server’s response could not be parsed' },
  WININET_E_DECODING_FAILED: { code: 0x80072f8f, means: 'a security error occurred (TLS)' },
  NTE_BAD_DATA: { code: 0x80090005, means: 'the answer does not open with the request’s key' },
  NTE_BAD_SIGNATURE: { code: 0x80090006, means: 'a signature is not valid' },
  NTE_BAD_ALGID: { code: 0x80090008, means: 'an algorithm is not accepted' },
  NTE_NO_KEY: { code: 0x8009000d, means: 'the key does not exist' },
  NTE_BAD_KEYSET: { code: 0x80090016, means: 'the key container does not exist or cannot be opened' },
  NTE_NOT_SUPPORTED: { code: 0x80090029, means: 'the key provider cannot make such a key' },
  NTE_DEVICE_NOT_READY: { code: 0x80090030, means: 'the TPM is not ready for use' },
  CRYPT_E_HASH_VALUE: { code: 0x80091007, means: 'the hash value is not correct (CA thumbprint)' },
  CRYPT_E_NOT_FOUND: { code: 0x80092004, means: 'the object or property was not found' },
  CRYPT_E_NO_MATCH: { code: 0x80092009, means: 'the certificate does not match the request' },
  CRYPT_E_REVOKED: { code: 0x80092010, means: 'the certificate is revoked' },
  CRYPT_E_NO_REVOCATION_CHECK: { code: 0x80092012, means: 'revocation could not be checked' },
  CRYPT_E_REVOCATION_OFFLINE: {
    code: 0x80092013,
    means: 'revocation could not be checked: the server for it is offline',
  },
  CRYPT_E_ASN1_BADTAG: { code: 0x8009310b, means: 'ASN.1 bad tag value met' },
  CERTSRV_E_BAD_REQUESTSUBJECT: { code: 0x80094001, means: 'the request’s subject name is not accepted' },
  CERTSRV_E_TEMPLATE_DENIED: { code: 0x80094012, means: 'the CA’s policy does not allow this enrollment' },
  CERTSRV_E_KEY_LENGTH: { code: 0x80094811, means: 'the key is shorter than the CA’s policy allows' },
  CERT_E_EXPIRED: {
    code: 0x800b0101,
    means: 'a required certificate is not within its validity period by the device’s clock',
  },
  CERT_E_UNTRUSTEDROOT: { code: 0x800b0109, means: 'a certificate chain ended in an untrusted root' },
  CERT_E_CHAINING: { code: 0x800b010a, means: 'no certificate chain to a trusted root could be built' },
  SCARD_E_NO_SUCH_CERTIFICATE: { code: 0x8010002c, means: 'the requested certificate does not exist' },
  TBS_E_TPM_NOT_FOUND: { code: 0x8028400f, means: 'there is no TPM' },
} as const satisfies Record<string, { readonly code: number; readonly means: string }>;

export type HresultName = keyof typeof HRESULTS;

/** The HRESULTs of this family hold an HTTP status in their low word. */
const HTTP_FAMILY = 0x80190000;

/** What Windows makes of an HTTP status that is not success. */
export const hresultOfStatus = (status: number): number => HTTP_FAMILY + status;

/** The HTTP status in an HRESULT; nothing when it is of another family. */
export const statusOfHresult = (code: number): number | undefined =>
  code >>> 16 === HTTP_FAMILY >>> 16 ? code & 0xffff : undefined;

/** The name of an HRESULT that the table has. */
export const nameOfHresult = (code: number): HresultName | undefined =>
  (Object.keys(HRESULTS) as HresultName[]).find((name) => HRESULTS[name].code === code >>> 0);

/** What an HRESULT means, in words. */
export function describeHresult(code: number): string {
  const status = statusOfHresult(code);
  if (status !== undefined) return `HTTP ${status}`;
  const name = nameOfHresult(code);
  return name ? HRESULTS[name].means : 'told by the server';
}

/** As Windows writes it, e.g. `0x80190194`. */
export const formatHresult = (code: number): string =>
  `0x${(code >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;

/** As it travels over MDM: signed 32 bits. */
export const signedHresult = (code: number): number => code | 0;
