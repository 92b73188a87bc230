/** @module What can go wrong on the client's side, by stable codes. */

const MEANINGS = {
  ERR_CLIENT_INPUT: 'An argument cannot be encoded.',
  ERR_CLIENT_NETWORK: 'The server could not be reached, or did not answer in time.',
  ERR_CLIENT_HTTP: 'The server answered with an HTTP status that is not success.',
  ERR_CLIENT_CONTENT_TYPE: 'The server answered with a content type that RFC 8894 does not name here.',
  ERR_CLIENT_MALFORMED: 'Bytes are not the structure that was expected.',
  ERR_CLIENT_ALGORITHM: 'An algorithm is not known to this client.',
  ERR_CLIENT_NO_RECIPIENT: 'GetCACert holds no certificate that a request can be encrypted to.',
  ERR_CLIENT_THUMBPRINT: 'GetCACert holds no certificate with the expected CA thumbprint.',
  ERR_CLIENT_UNTRUSTED: 'A certificate is not signed by the CA of GetCACert.',
  ERR_CLIENT_SIGNATURE: 'The signature or the digest of the answer does not verify.',
  ERR_CLIENT_ANSWER: 'The answer is not a CertRep for this request.',
  ERR_CLIENT_UNDECRYPTABLE: 'The envelope does not open with this key.',
  ERR_CLIENT_CERTIFICATE: 'The certificate in the answer is not the one that was asked for.',
} as const;

export type ScepClientErrorCode = keyof typeof MEANINGS;

/** Every failure of the client. `message` is the code's sentence, then the detail; it never holds a challenge. */
export class ScepClientError extends Error {
  readonly code: ScepClientErrorCode;
  /** Present for `ERR_CLIENT_HTTP`. */
  readonly httpStatus: number | undefined;

  constructor(
    code: ScepClientErrorCode,
    detail?: string,
    options: { readonly cause?: unknown; readonly httpStatus?: number } = {},
  ) {
    super(detail ? `${MEANINGS[code]} (${detail})` : MEANINGS[code], { cause: options.cause });
    this.name = 'ScepClientError';
    this.code = code;
    this.httpStatus = options.httpStatus;
  }
}
