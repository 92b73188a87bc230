/** @module What the vault's audit log would hold of the uses of its keys, in the form of the table AZKVAuditLogs. */
import type { VaultRequest } from './messages.js';
import type { OperationName } from './meter.js';

export interface AuditRow {
  readonly TimeGenerated: string;
  readonly OperationName: 'KeySign' | 'KeyDecrypt';
  readonly ResultType: 'Success' | 'Failed';
  readonly HttpStatusCode: number;
  readonly Id: string;
  readonly CorrelationId: string;
  readonly CallerIpAddress: string;
  readonly ClientInfo: string;
  /** Of the token, as far as it says who the caller is. */
  readonly Identity: { readonly claim: { readonly appid?: unknown; readonly oid?: unknown } };
}

export interface AuditLog {
  readonly rows: readonly AuditRow[];
  /** Without effect for other operations than those of keys. */
  add(operation: OperationName, request: VaultRequest, status: number): void;
}

const NAMES: Partial<Record<OperationName, AuditRow['OperationName']>> = {
  sign: 'KeySign',
  decrypt: 'KeyDecrypt',
};
/** A simulator that runs for long forgets the oldest. */
const LIMIT = 200_000;

export function createAuditLog(url: () => string, now: () => Date): AuditLog {
  const rows: AuditRow[] = [];
  return {
    rows,
    add(operation, { path, clientRequestId = '', userAgent = '', authorization }, status) {
      const name = NAMES[operation];
      if (!name) return;
      if (rows.length >= LIMIT) rows.shift();
      rows.push({
        TimeGenerated: now().toISOString(),
        OperationName: name,
        ResultType: status < 300 ? 'Success' : 'Failed',
        HttpStatusCode: status,
        Id: url() + path.replace(/\/[^/]*$/, ''),
        CorrelationId: clientRequestId,
        CallerIpAddress: '127.0.0.1',
        ClientInfo: userAgent,
        Identity: { claim: claimsOf(authorization) },
      });
    },
  };
}

function claimsOf(authorization: string | undefined): AuditRow['Identity']['claim'] {
  const [, payload = ''] = authorization?.split('.') ?? [];
  try {
    const { appid, oid } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
      string,
      unknown
    >;
    return { appid, oid };
  } catch {
    return {};
  }
}
