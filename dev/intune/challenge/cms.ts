/** @module CMS around the inner document: enveloped to the service itself, signed apart. */
import type { BaseBlock } from 'asn1js';
import * as pkijs from 'pkijs';
import { toArrayBuffer, type Credential } from '../credentials.js';

const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const ENVELOPED_DATA = '1.2.840.113549.1.7.3';

/** Encrypts with AES-256-CBC under RSA-OAEP (SHA-256); DER of the ContentInfo. */
export async function sealEnvelope(plaintext: Uint8Array, recipient: Credential): Promise<Uint8Array> {
  const enveloped = new pkijs.EnvelopedData();
  enveloped.addRecipientByCertificate(recipient.certificate, { oaepHashAlgorithm: 'SHA-256' });
  await enveloped.encrypt({ name: 'AES-CBC', length: 256 } as Algorithm, toArrayBuffer(plaintext));
  return encodeContent(ENVELOPED_DATA, enveloped.toSchema());
}

/** @returns undefined when it is no envelope or this recipient cannot open it. */
export async function openEnvelope(der: Uint8Array, recipient: Credential): Promise<Uint8Array | undefined> {
  try {
    const enveloped = new pkijs.EnvelopedData({ schema: readContent(der, ENVELOPED_DATA) });
    const plaintext = await enveloped.decrypt(0, {
      recipientCertificate: recipient.certificate,
      recipientPrivateKey: recipient.decryptionKey,
    });
    return new Uint8Array(plaintext);
  } catch {
    return undefined;
  }
}

/** Detached SignedData over `content`, without the signer's certificate: its thumbprint stands beside it. */
export async function signDetached(content: Uint8Array, signer: Credential): Promise<Uint8Array> {
  const signed = new pkijs.SignedData({
    version: 1,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: DATA }),
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({
          issuer: signer.certificate.issuer,
          serialNumber: signer.certificate.serialNumber,
        }),
      }),
    ],
  });
  await signed.sign(signer.signingKey, 0, 'SHA-256', toArrayBuffer(content));
  return encodeContent(SIGNED_DATA, signed.toSchema(true) as BaseBlock);
}

/** False for a signature of another signer or content, and for what is no SignedData at all. */
export async function verifyDetached(
  der: Uint8Array,
  content: Uint8Array,
  signer: Credential,
): Promise<boolean> {
  try {
    const signed = new pkijs.SignedData({ schema: readContent(der, SIGNED_DATA) });
    signed.certificates = [signer.certificate];
    return await signed.verify({ signer: 0, data: toArrayBuffer(content), checkChain: false });
  } catch {
    return false;
  }
}

function encodeContent(contentType: string, content: BaseBlock): Uint8Array {
  const info = new pkijs.ContentInfo({ contentType, content });
  return new Uint8Array(info.toSchema().toBER());
}

function readContent(der: Uint8Array, contentType: string): unknown {
  const info = pkijs.ContentInfo.fromBER(toArrayBuffer(der));
  if (info.contentType !== contentType) throw new TypeError('another content type');
  return info.content;
}
