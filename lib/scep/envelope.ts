/** @module Sealing an answer to its requester: CMS EnvelopedData, laid out by pkijs (RFC 5652 section 6). */
import { constants, publicEncrypt } from 'node:crypto';
import { Constructed, Null, OctetString, type BaseBlock } from 'asn1js';
import {
  AlgorithmIdentifier,
  ContentInfo,
  EncryptedContentInfo,
  EnvelopedData,
  IssuerAndSerialNumber,
  KeyTransRecipientInfo,
  RecipientInfo,
  type PkiObject,
} from 'pkijs';
import type { RandomBytes } from '../base/random.js';
import type { Certificate } from '../pki/certificate.js';
import { contextPrimitive, encode, octetString, oid, sequence } from '../pki/der.js';
import { OID } from '../pki/oids.js';
import { importPublicKey } from '../pki/public-key.js';
import { CONTENT_CIPHERS, encryptContent, type ContentCipherName } from './content-ciphers.js';

/** What differs from answer to answer; pkijs is given these in its place. */
const FIELDS = {
  recipientIdentifier: new OctetString(),
  encryptedKey: new OctetString(),
  contentEncryption: new OctetString(),
  encryptedContent: new OctetString(),
};

type Field = keyof typeof FIELDS;

/** The encoding that does not change, the name of what does, or an element around such parts. */
type Layout = Uint8Array | Field | { readonly tag: number; readonly parts: readonly Layout[] };

/**
 * The envelope as pkijs lays it out. To make its objects and to write them takes pkijs and asn1js longer than the
 * encryption, so they are made once, and the octets around each answer are written as everywhere on the hot path.
 */
const LAYOUT = layOut(
  new ContentInfo({
    contentType: OID.envelopedData,
    content: new EnvelopedData({
      version: 0,
      recipientInfos: [
        new RecipientInfo({
          variant: 1,
          value: new KeyTransRecipientInfo({
            version: 0,
            rid: standIn(new IssuerAndSerialNumber(), FIELDS.recipientIdentifier),
            keyEncryptionAlgorithm: new AlgorithmIdentifier({
              algorithmId: OID.rsaEncryption,
              algorithmParams: new Null(),
            }),
            encryptedKey: FIELDS.encryptedKey,
          }),
        }),
      ],
      encryptedContentInfo: new EncryptedContentInfo({
        contentType: OID.data,
        contentEncryptionAlgorithm: standIn(new AlgorithmIdentifier(), FIELDS.contentEncryption),
        encryptedContent: FIELDS.encryptedContent,
        disableSplit: true,
      }),
    }).toSchema(),
  }).toSchema(),
);

/**
 * Encrypts to the certificate that signed the request, named exactly as the client named it, with RSAES-PKCS1-v1_5:
 * every client reads that, not every client reads OAEP.
 * @returns ContentInfo with EnvelopedData, DER.
 */
export function sealEnvelope(
  plain: Uint8Array,
  recipient: Certificate,
  cipher: ContentCipherName,
  random: RandomBytes,
): Uint8Array {
  const { oid: cipherOid, keyLength, blockLength } = CONTENT_CIPHERS[cipher];
  const drawn = random(keyLength + blockLength);
  const [key, iv] = [drawn.subarray(0, keyLength), drawn.subarray(keyLength)];
  const publicKey = importPublicKey(recipient.publicKey);
  return write(LAYOUT, {
    recipientIdentifier: sequence(recipient.issuer.der, recipient.serialNumberDer),
    encryptedKey: octetString(publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key)),
    contentEncryption: sequence(oid(cipherOid), octetString(iv)),
    encryptedContent: contextPrimitive(0, encryptContent(cipher, key, iv, plain)),
  });
}

/** pkijs would parse the octets that we have, to write them again. */
function standIn<Owner extends PkiObject>(owner: Owner, field: BaseBlock): Owner {
  owner.toSchema = () => field;
  return owner;
}

function layOut(block: BaseBlock): Layout {
  const field = Object.entries(FIELDS).find(([, standsFor]) => standsFor === block);
  if (field) return field[0] as Field;
  const octets = new Uint8Array(block.toBER());
  if (!(block instanceof Constructed)) return octets;
  return { tag: octets[0] ?? 0, parts: block.valueBlock.value.map(layOut) };
}

function write(layout: Layout, fields: Readonly<Record<Field, Uint8Array>>): Uint8Array {
  if (layout instanceof Uint8Array) return layout;
  if (typeof layout === 'string') return fields[layout];
  return encode(layout.tag, ...layout.parts.map((part) => write(part, fields)));
}
