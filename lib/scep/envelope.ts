/** @module Sealing an answer to its requester: CMS EnvelopedData, built with pkijs (RFC 5652 section 6). */
import { constants, publicEncrypt } from 'node:crypto';
import { fromBER, Null, OctetString } from 'asn1js';
import {
  AlgorithmIdentifier,
  ContentInfo,
  EncryptedContentInfo,
  EnvelopedData,
  IssuerAndSerialNumber,
  KeyTransRecipientInfo,
  RecipientInfo,
  RelativeDistinguishedNames,
} from 'pkijs';
import type { RandomBytes } from '../base/random.js';
import type { Certificate } from '../pki/certificate.js';
import { OID } from '../pki/oids.js';
import { importPublicKey } from '../pki/public-key.js';
import { CONTENT_CIPHERS, encryptContent, type ContentCipherName } from './content-ciphers.js';

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
  const { oid, keyLength, blockLength } = CONTENT_CIPHERS[cipher];
  const key = random(keyLength);
  const iv = random(blockLength);
  const publicKey = importPublicKey(recipient.publicKey);
  const encryptedKey = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key);
  const encryptedContent = encryptContent(cipher, key, iv, plain);

  const transport = new KeyTransRecipientInfo({
    version: 0,
    rid: new IssuerAndSerialNumber({
      issuer: new RelativeDistinguishedNames({ valueBeforeDecode: buffer(recipient.issuer.der) }),
      serialNumber: fromBER(buffer(recipient.serialNumberDer)).result as never,
    }),
    keyEncryptionAlgorithm: new AlgorithmIdentifier({
      algorithmId: OID.rsaEncryption,
      algorithmParams: new Null(),
    }),
    encryptedKey: new OctetString({ valueHex: buffer(encryptedKey) }),
  });
  const envelopedData = new EnvelopedData({
    version: 0,
    recipientInfos: [new RecipientInfo({ variant: 1, value: transport })],
    encryptedContentInfo: new EncryptedContentInfo({
      contentType: OID.data,
      contentEncryptionAlgorithm: new AlgorithmIdentifier({
        algorithmId: oid,
        algorithmParams: new OctetString({ valueHex: buffer(iv) }),
      }),
      encryptedContent: new OctetString({ valueHex: buffer(encryptedContent) }),
      disableSplit: true,
    }),
  });
  const contentInfo = new ContentInfo({
    contentType: OID.envelopedData,
    content: envelopedData.toSchema(),
  });
  return new Uint8Array(contentInfo.toSchema().toBER(false));
}

/** asn1js takes whole ArrayBuffers, not views. */
function buffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
