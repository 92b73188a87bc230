/** @module Function keys: off by default, as with Azure's own local tools. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { AuthLevel } from './function-table.js';

export interface KeyGuard {
  /** Opens everything: functions of every level, and `/admin`. New at each start. */
  readonly masterKey: string;
  /** @param offered the `x-functions-key` header, else the `code` of the query. */
  admits(level: AuthLevel, offered: string | undefined): boolean;
}

const KEY_BYTES = 40;

export function createKeyGuard(enforced: boolean): KeyGuard {
  const masterKey = randomBytes(KEY_BYTES).toString('base64url');
  const expected = Buffer.from(masterKey);
  return {
    masterKey,
    admits: (level, offered) => {
      if (!enforced || level === 'anonymous') return true;
      const given = Buffer.from(offered ?? '');
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
