/**
 * @module The certificate extension that names a Windows account by its security identifier
 * (szOID_NTDS_CA_SECURITY_EXT; MS-WCCE section 2.2.2.7.7.4): one otherName in a SEQUENCE.
 */
import {
  context,
  contextTag,
  octetString,
  oid,
  readOctets,
  readOid,
  readWhole,
  sequence,
  TAG,
  walk,
} from './der.js';
import { extension } from './extensions.js';
import { OID } from './oids.js';

/** @param sid such as `S-1-5-21-…`. */
export function sidExtension(sid: string): Uint8Array {
  const value = octetString(Buffer.from(sid, 'latin1'));
  const name = context(0, oid(OID.msNtdsObjectSid), context(0, value));
  return extension(OID.msNtdsCaSecurity, sequence(name));
}

/**
 * @param value of the extension, DER.
 * @returns its text, whatever it says.
 * @throws {SkepError} `ERR_DER`
 */
export function readSidExtension(value: Uint8Array): string {
  const names = walk(readWhole(value, TAG.sequence));
  const name = walk(names.next(contextTag(0)));
  names.end();
  const type = readOid(name.next());
  const text = readOctets(readWhole(name.next(contextTag(0)).content, TAG.octetString));
  name.end();
  return type === OID.msNtdsObjectSid ? Buffer.from(text).toString('latin1') : `another name (${type})`;
}
