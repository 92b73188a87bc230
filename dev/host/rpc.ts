/** @module The shapes in which a host hands a call to a Functions worker, and the worker hands back the answer. */

/** As the host sends headers, query and route values: always a value, possibly empty. */
export type NullableMap = Record<string, { readonly value: string }>;

/** Without a prototype: a client may well send a header or a query key `__proto__`. */
export function createMap(): NullableMap {
  return Object.create(null) as NullableMap;
}

export interface RpcHttpRequest {
  readonly method: string;
  /** Absolute; the query as it was sent, so that `+` and `%2B` stay apart. */
  readonly url: string;
  readonly nullableHeaders: NullableMap;
  readonly nullableQuery: NullableMap;
  readonly nullableParams: NullableMap;
  readonly body?: { readonly bytes: Buffer };
}

interface Nullable<T> {
  readonly value: T;
}

export interface RpcCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: Nullable<string>;
  readonly path?: Nullable<string>;
  readonly expires?: Nullable<{ readonly seconds: number }>;
  readonly secure?: Nullable<boolean>;
  readonly httpOnly?: Nullable<boolean>;
  readonly maxAge?: Nullable<number>;
  /** `none` means "not said"; `explicitNone` is the attribute value `None`. */
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
}

export interface RpcHttpResponse {
  readonly statusCode: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies?: readonly RpcCookie[];
  readonly body?: { readonly bytes?: Uint8Array; readonly string?: string } | null;
}

export interface RpcTypedData {
  readonly http?: RpcHttpRequest;
  readonly json?: string;
}

export interface RpcInvocationResponse {
  /** Absent when the handler returned nothing. */
  readonly returnValue?: { readonly http?: RpcHttpResponse } | null;
}
