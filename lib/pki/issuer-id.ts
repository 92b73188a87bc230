/** @module By what records, CRLs and addresses know a CA. */
import { createHash } from 'node:crypto';
import { toHex } from '../base/bytes.js';
import type { Certificate } from './certificate.js';

/** SHA-256 of the CA's SubjectPublicKeyInfo, upper-case hex: its certificates may change, and names be given twice. */
export function issuerIdOf({ publicKey }: Certificate): string {
  return toHex(createHash('sha256').update(publicKey.spki).digest());
}
