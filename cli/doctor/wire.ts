/** @module What the doctor needs of the network, as a port: tests answer in its place. */

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** The certificate that a server shows, as far as people need it. */
export interface ServerCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Why the host's name does not fit it; absent when it does. */
  readonly nameFault?: string;
}

export interface Handshake {
  readonly protocol: string;
  /** OpenSSL's name of what is wrong with the chain, e.g. `CERT_HAS_EXPIRED`; absent when it is trusted here. */
  readonly trustFault?: string;
  readonly certificate: ServerCertificate;
  readonly certificateRequested: boolean;
}

export interface WireRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface WireAnswer {
  readonly status: number;
  /** By lower-case name; of a name that came twice, the values joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Midway between the request's end and the answer's first octet. */
  readonly at: Date;
  /** The server began a second TLS handshake before it answered. */
  readonly renegotiated: boolean;
}

/** Every method throws {@link WireError} when nothing comes of it. */
export interface Wire {
  /** The addresses of a host, as the operating system resolves them. */
  resolve(host: string): Promise<readonly string[]>;
  connect(place: Place): Promise<void>;
  /** A handshake in exactly this version. It fails for no fault of the certificate: those are in the result. */
  shake(place: Place, version: TlsVersion): Promise<Handshake>;
  /** Follows no redirects. Speaks TLS 1.2, as the SCEP client of Windows does, and trusts no fault of a certificate. */
  send(request: WireRequest): Promise<WireAnswer>;
}

/** `code` is Node's or OpenSSL's, e.g. `ECONNREFUSED`; ours is `ETIMEDOUT`. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: string;
  constructor(code: string, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

/** Whatever Node threw. */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof WireError) return thrown;
  const { name } = thrown as Error;
  const timedOut = name === 'TimeoutError' || name === 'AbortError';
  return new WireError(timedOut ? 'ETIMEDOUT' : codeOf(thrown), { cause: thrown });
}

/** Node gives `authorizationError` as an Error or as its code alone, by version. */
export function codeOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  const { code } = thrown as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'UNKNOWN';
}
