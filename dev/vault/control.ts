/** @module The simulator's own API under `/_sim/`: keys that Bicep would make, faults, limits and counts. */
import { textOf, VaultFault, type VaultReply, type VaultRequest } from './messages.js';
import type { KeyStore } from './keys.js';
import type { AuditRow } from './audit-log.js';
import type { Meter, VaultFaultRule } from './meter.js';
import type { VaultKeyType } from './state.js';

interface ControlSurroundings {
  readonly keys: KeyStore;
  readonly audit: readonly AuditRow[];
  readonly meter: Meter;
}

/**
 * | call | body | answer |
 * |---|---|---|
 * | `PUT /_sim/keys/{name}` | `kty`, `size`, `operations`, `pem` | the key bundle |
 * | `GET /_sim/counts` | | `{counts, challenges, throttled}` |
 * | `GET /_sim/audit` | | rows of AZKVAuditLogs: the uses of keys, oldest first |
 * | `POST /_sim/faults` | a fault rule | |
 * | `PUT /_sim/limit` | `{limit: n}` or `{}` | |
 * | `POST /_sim/reset` | | counts, faults and limit are gone; keys stay |
 * @throws {VaultFault} 404
 */
export function answerControl(
  { keys, audit, meter }: ControlSurroundings,
  request: VaultRequest,
): VaultReply {
  const { method, path, body } = request;
  const [, key] = /^\/_sim\/keys\/([^/]+)$/.exec(path) ?? [];
  if (method === 'PUT' && key) {
    const { size, operations, pem } = body as {
      readonly size?: number | string;
      readonly operations?: readonly string[];
      readonly pem?: string;
    };
    const made = keys.create(key, {
      kty: textOf(body, 'kty') as VaultKeyType,
      ...(size === undefined ? {} : { size }),
      ...(operations ? { operations } : {}),
      ...(pem ? { pem } : {}),
    });
    return { status: 200, body: keys.bundle(key, made) };
  }
  switch (`${method} ${path}`) {
    case 'GET /_sim/counts':
      return {
        status: 200,
        body: { counts: meter.counts, challenges: meter.challenges, throttled: meter.throttled },
      };
    case 'GET /_sim/audit':
      return { status: 200, body: audit };
    case 'POST /_sim/faults':
      meter.faults.push({ ...(body as VaultFaultRule) });
      return { status: 204 };
    case 'PUT /_sim/limit':
      meter.limit = typeof body['limit'] === 'number' ? body['limit'] : undefined;
      return { status: 204 };
    case 'POST /_sim/reset':
      meter.reset();
      return { status: 204 };
    default:
      throw new VaultFault(404, 'NotFound', 'The simulator has no such control call.');
  }
}
