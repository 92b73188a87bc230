/** @module A TBSCertificate read back from its octets, as far as the lints look; shares nothing with its writer. */
import { readExtensions, type Extension } from '../../pki/certificate.js';
import { contextTag, readTime, readWhole, TAG, walk, type Element } from '../../pki/der.js';
import { readName, type DistinguishedName } from '../../pki/name.js';

export interface TbsView {
  /** The INTEGER in version's tag, or undefined when it is left out. */
  readonly version: Element | undefined;
  readonly serialNumber: Element;
  readonly signature: Element;
  readonly issuer: Element;
  readonly notBefore: { readonly element: Element; readonly date: Date };
  readonly notAfter: { readonly element: Element; readonly date: Date };
  readonly subject: DistinguishedName;
  readonly publicKey: Element;
  readonly extensions: readonly Extension[];
  /** The value of the first extension of this type. */
  readonly find: (type: string) => Extension | undefined;
}

/** @throws {SkepError} `ERR_DER` */
export function readTbsView(tbs: Uint8Array): TbsView {
  const fields = walk(readWhole(tbs, TAG.sequence));
  const version = fields.optional(contextTag(0));
  const serialNumber = fields.next(TAG.integer);
  const signature = fields.next(TAG.sequence);
  const issuer = fields.next(TAG.sequence);
  const validity = walk(fields.next(TAG.sequence));
  const [notBefore, notAfter] = [validity.next(), validity.next()];
  validity.end();
  const subject = readName(fields.next(TAG.sequence));
  const publicKey = fields.next(TAG.sequence);
  const extensions = readExtensions(readWhole(fields.next(contextTag(3)).content, TAG.sequence));
  fields.end();
  return {
    version: version && readWhole(version.content, TAG.integer),
    serialNumber,
    signature,
    issuer,
    notBefore: { element: notBefore, date: readTime(notBefore) },
    notAfter: { element: notAfter, date: readTime(notAfter) },
    subject,
    publicKey,
    extensions,
    find: (type) => extensions.find((extension) => extension.type === type),
  };
}
