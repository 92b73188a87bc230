/** A pkiMessage that pkijs and WebCrypto make: no octet of it comes from our own writers. */
import { createHash, webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { SignerIdentity } from '../../../dev/scep-client/index.js';

const SCEP = '2.16.840.1.113733.1.9';

export async function signByPkijs(
  recipient: Uint8Array,
  signer: SignerIdentity,
  messageData: Uint8Array,
): Promise<Uint8Array> {
  const crypto = new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto as never });
  const enveloped = new pkijs.EnvelopedData();
  enveloped.addRecipientByCertificate(
    pkijs.Certificate.fromBER(copy(recipient)),
    { oaepHashAlgorithm: 'SHA-256' },
    undefined,
    crypto,
  );
  await enveloped.encrypt({ name: 'AES-CBC', length: 256 } as never, copy(messageData), crypto);
  const envelope = new pkijs.ContentInfo({
    contentType: pkijs.ContentInfo.ENVELOPED_DATA,
    content: enveloped.toSchema(),
  })
    .toSchema()
    .toBER();

  const certificate = pkijs.Certificate.fromBER(copy(signer.certificate.der));
  const value = (type: string, ...values: unknown[]) => new pkijs.Attribute({ type, values });
  const printable = (text: string) => new asn1js.PrintableString({ value: text });
  const octets = (bytes: Uint8Array) => new asn1js.OctetString({ valueHex: copy(bytes) });
  const digest = createHash('sha256').update(new Uint8Array(envelope)).digest();
  const signedData = new pkijs.SignedData({
    version: 1,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({
      eContentType: pkijs.ContentInfo.DATA,
      eContent: new asn1js.OctetString({ valueHex: envelope }),
    }),
    certificates: [certificate],
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({
          issuer: certificate.issuer,
          serialNumber: certificate.serialNumber,
        }),
        signedAttrs: new pkijs.SignedAndUnsignedAttributes({
          type: 0,
          attributes: [
            value('1.2.840.113549.1.9.3', new asn1js.ObjectIdentifier({ value: pkijs.ContentInfo.DATA })),
            value('1.2.840.113549.1.9.4', octets(digest)),
            value(`${SCEP}.2`, printable('19')),
            value(`${SCEP}.5`, octets(Buffer.alloc(16, 5))),
            value(`${SCEP}.7`, printable('pkijs')),
          ],
        }),
      }),
    ],
  });
  const pkcs8 = copy(signer.key.export({ type: 'pkcs8', format: 'der' }));
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  await signedData.sign(key, 0, 'SHA-256', undefined, crypto);
  const contentInfo = new pkijs.ContentInfo({
    contentType: pkijs.ContentInfo.SIGNED_DATA,
    content: signedData.toSchema(true),
  });
  return new Uint8Array(contentInfo.toSchema().toBER());
}

/** asn1js takes whole ArrayBuffers. */
const copy = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
