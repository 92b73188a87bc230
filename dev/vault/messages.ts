/** @module What goes over the simulator's wire: JSON bodies, Key Vault's error shape, base64url. */

export interface VaultRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly authorization: string | undefined;
  /** Header x-ms-client-request-id. */
  readonly clientRequestId?: string | undefined;
  readonly userAgent?: string | undefined;
  /** Parsed JSON; an empty object when there is no body. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface VaultReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An answer that Key Vault gives instead of a result. */
export class VaultFault extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What the code alone does not tell; empty where there is nothing more. */
  readonly innerCode: string;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    innerCode = '',
  ) {
    super(message);
    this.name = 'VaultFault';
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.innerCode = innerCode;
  }
}

export function faultReply({ status, code, message, headers, innerCode }: VaultFault): VaultReply {
  const inner = innerCode ? { innererror: { code: innerCode } } : {};
  return { status, headers, body: { error: { code, message, ...inner } } };
}

export const encodeBase64Url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** A member of a body that must be text. @throws {VaultFault} 400 */
export function textOf(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') throw new VaultFault(400, 'BadParameter', `Property ${name} is missing.`);
  return value;
}

/** A member of a body that must be base64url. @throws {VaultFault} 400 */
export const octetsOf = (body: Readonly<Record<string, unknown>>, name: string): Buffer =>
  Buffer.from(textOf(body, name), 'base64url');

/** A member that is an object, or an empty one. */
export function objectOf(
  body: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> {
  const value = body[name];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
