/** @module Sealing an answer to its requester: CMS EnvelopedData, built with pkijs (RFC 5652 section 6). */
import { constants, publicEncrypt } from 'node:crypto';
import { Constructed, Integer, ObjectIdentifier, OctetString, type AsnType, type BaseBlock } from 'asn1js';
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

/** Where each answer differs from the one before. */
const recipientIdentifier = createKnownBlock();
const contentEncryption = createKnownBlock();
const encryptedKey = new OctetString();
const encryptedContent = new OctetString();

/**
 * The envelope as pkijs lays it out. Making its objects takes pkijs longer than writing them, so they are made once and
 * filled anew for every answer; between the filling and the writing nothing waits.
 */
const envelope = new ContentInfo({
  contentType: OID.envelopedData,
  content: new EnvelopedData({
    version: 0,
    recipientInfos: [
      new RecipientInfo({
        variant: 1,
        value: new KeyTransRecipientInfo({
          version: 0,
          rid: encodedAs(new IssuerAndSerialNumber(), recipientIdentifier),
          keyEncryptionAlgorithm: encodedAs(
            new AlgorithmIdentifier(),
            createKnownBlock(sequence(oid(OID.rsaEncryption), NULL)),
          ),
          encryptedKey,
        }),
      }),
    ],
    encryptedContentInfo: new EncryptedContentInfo({
      contentType: OID.data,
      contentEncryptionAlgorithm: encodedAs(new AlgorithmIdentifier(), contentEncryption),
      encryptedContent,
      disableSplit: true,
    }),
  }).toSchema(),
}).toSchema();
writeOnce(envelope);

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
  recipientIdentifier.der = sequence(recipient.issuer.der, recipient.serialNumberDer);
  contentEncryption.der = sequence(oid(cipherOid), octetString(iv));
  const wrappedKey = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key);
  // Plain arrays: a Buffer's slice, which asn1js takes, is no copy.
  encryptedKey.valueBlock.valueHexView = new Uint8Array(wrappedKey);
  encryptedContent.valueBlock.valueHexView = new Uint8Array(encryptContent(cipher, key, iv, plain));
  return new Uint8Array(envelope.toBER(false));
}

/** A block whose octets are known; all that asn1js asks of one among others is to write itself. */
interface KnownBlock {
  der: Uint8Array;
  readonly toBER: AsnType['toBER'];
}

function createKnownBlock(der: Uint8Array = NULL): KnownBlock {
  return {
    der,
    toBER(_sizeOnly, writer) {
      // asn1js takes a whole ArrayBuffer, and a Buffer is but a piece of one.
      const octets = new Uint8Array(this.der).buffer;
      writer?.write(octets);
      return octets;
    },
  };
}

/** A field that pkijs would parse, or build from parts, to write the same octets. */
function encodedAs<Field extends PkiObject>(field: Field, block: KnownBlock): Field {
  field.toSchema = () => block;
  return field;
}

/** Versions and object identifiers are the same in every envelope: they are encoded here. */
function writeOnce({ valueBlock: { value } }: Constructed): void {
  for (const [index, part] of value.entries()) {
    if (part instanceof Constructed) writeOnce(part);
    else if (part instanceof Integer || part instanceof ObjectIdentifier) {
      value[index] = createKnownBlock(new Uint8Array(part.toBER(false))) as unknown as BaseBlock;
    }
  }
}
