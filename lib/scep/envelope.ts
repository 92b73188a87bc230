/** @module Sealing an answer to its requester: CMS EnvelopedData, built with pkijs (RFC 5652 section 6). */
import { constants, publicEncrypt } from 'node:crypto';
import { OctetString, type AsnType } from 'asn1js';
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
import { NULL, octetString, oid, sequence } from '../pki/der.js';
import { OID } from '../pki/oids.js';
import { importPublicKey } from '../pki/public-key.js';
import { CONTENT_CIPHERS, encryptContent, type ContentCipherName } from './content-ciphers.js';

/**
 * The objects of an envelope. Making them takes pkijs longer than writing them, so they are made once and filled anew
 * for every answer; between the filling and the writing nothing waits.
 */
const rid = new IssuerAndSerialNumber();
const contentEncryptionAlgorithm = new AlgorithmIdentifier();
const transport = new KeyTransRecipientInfo({
  version: 0,
  rid,
  keyEncryptionAlgorithm: encodeAs(new AlgorithmIdentifier(), sequence(oid(OID.rsaEncryption), NULL)),
});
const encryptedContentInfo = new EncryptedContentInfo({
  contentType: OID.data,
  contentEncryptionAlgorithm,
  disableSplit: true,
});
const envelopedData = new EnvelopedData({
  version: 0,
  recipientInfos: [new RecipientInfo({ variant: 1, value: transport })],
  encryptedContentInfo,
});

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
  const key = random(keyLength);
  const iv = random(blockLength);
  const publicKey = importPublicKey(recipient.publicKey);
  const encryptedKey = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key);
  const encryptedContent = encryptContent(cipher, key, iv, plain);

  encodeAs(rid, sequence(recipient.issuer.der, recipient.serialNumberDer));
  transport.encryptedKey = new OctetString({ valueHex: encryptedKey });
  encodeAs(contentEncryptionAlgorithm, sequence(oid(cipherOid), octetString(iv)));
  encryptedContentInfo.encryptedContent = new OctetString({ valueHex: encryptedContent });
  const contentInfo = new ContentInfo({
    contentType: OID.envelopedData,
    content: envelopedData.toSchema(),
  });
  return new Uint8Array(contentInfo.toSchema().toBER(false));
}

/** A field whose encoding is known: pkijs would parse it, or build it from parts, to write the same octets. */
function encodeAs<Field extends PkiObject>(field: Field, der: Uint8Array): Field {
  const octets = new Uint8Array(der).buffer;
  const block: Pick<AsnType, 'toBER'> = {
    toBER: (_sizeOnly, writer) => {
      writer?.write(octets);
      return octets;
    },
  };
  field.toSchema = () => block as AsnType;
  return field;
}
