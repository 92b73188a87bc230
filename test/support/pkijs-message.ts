/** @module A pkiMessage that pkijs and WebCrypto make: no octet of it comes from our own writers. */
import { createHash, webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { SignerIdentity } from '../../dev/scep-client/index.js';

const SCEP = '2.16.840.1.113733.1.9';

export const pkijsEngine = new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto as never });

/** Changes to what is signed. `null` leaves an attribute out. */
export interface SignedByPkijs {
  readonly transactionId?: string | null;
  /** Default 19, a PKCSReq. */
  readonly messageType?: string | null;
  readonly senderNonce?: Uint8Array | null;
  /** Default: of the envelope. */
  readonly messageDigest?: Uint8Array;
  /** Further attributes, behind the others. */
  readonly more?: readonly pkijs.Attribute[];
  /** The certificates that go along. Default: the signer's. */
  readonly certificates?: readonly Uint8Array[];
}

export async function signByPkijs(
  recipient: Uint8Array,
  signer: SignerIdentity,
  messageData: Uint8Array,
): Promise<Uint8Array> {
  return signEnvelopeByPkijs(await sealByPkijs(recipient, messageData), signer);
}

async function sealByPkijs(recipient: Uint8Array, messageData: Uint8Array): Promise<Uint8Array> {
  const enveloped = new pkijs.EnvelopedData();
  enveloped.addRecipientByCertificate(
    pkijs.Certificate.fromBER(copy(recipient)),
    { oaepHashAlgorithm: 'SHA-256' },
    undefined,
    pkijsEngine,
  );
  await enveloped.encrypt({ name: 'AES-CBC', length: 256 } as never, copy(messageData), pkijsEngine);
  return encodeContentInfo(pkijs.ContentInfo.ENVELOPED_DATA, enveloped.toSchema());
}

/** @param envelope what is signed, whoever made it. */
export async function signEnvelopeByPkijs(
  envelope: Uint8Array,
  signer: SignerIdentity,
  changes: SignedByPkijs = {},
): Promise<Uint8Array> {
  const {
    transactionId = 'pkijs',
    messageType = '19',
    senderNonce = Buffer.alloc(16, 5),
    messageDigest = createHash('sha256').update(envelope).digest(),
    more = [],
    certificates = [signer.certificate.der],
  } = changes;
  const certificate = pkijs.Certificate.fromBER(copy(signer.certificate.der));
  const attributes = [
    attributeOf('1.2.840.113549.1.9.3', new asn1js.ObjectIdentifier({ value: pkijs.ContentInfo.DATA })),
    attributeOf('1.2.840.113549.1.9.4', octets(messageDigest)),
    ...(messageType === null ? [] : [scepAttribute('messageType', messageType)]),
    ...(senderNonce === null ? [] : [attributeOf(`${SCEP}.5`, octets(senderNonce))]),
    ...(transactionId === null ? [] : [scepAttribute('transactionId', transactionId)]),
    ...more,
  ];
  const signedData = new pkijs.SignedData({
    version: 1,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({
      eContentType: pkijs.ContentInfo.DATA,
      eContent: octets(envelope),
    }),
    certificates: certificates.map((der) => pkijs.Certificate.fromBER(copy(der))),
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({
          issuer: certificate.issuer,
          serialNumber: certificate.serialNumber,
        }),
        signedAttrs: new pkijs.SignedAndUnsignedAttributes({ type: 0, attributes }),
      }),
    ],
  });
  const key = await importForPkijs(signer);
  await signedData.sign(key, 0, 'SHA-256', undefined, pkijsEngine);
  return encodeContentInfo(pkijs.ContentInfo.SIGNED_DATA, signedData.toSchema(true));
}

const ATTRIBUTES = { messageType: `${SCEP}.2`, transactionId: `${SCEP}.7` } as const;

export const scepAttribute = (name: keyof typeof ATTRIBUTES, text: string): pkijs.Attribute =>
  attributeOf(ATTRIBUTES[name], new asn1js.PrintableString({ value: text }));

export function importForPkijs({ key }: Pick<SignerIdentity, 'key'>): Promise<CryptoKey> {
  const pkcs8 = copy(key.export({ type: 'pkcs8', format: 'der' }));
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
}

const attributeOf = (type: string, ...values: unknown[]) => new pkijs.Attribute({ type, values });
const octets = (bytes: Uint8Array) => new asn1js.OctetString({ valueHex: copy(bytes) });

const encodeContentInfo = (contentType: string, content: unknown): Uint8Array =>
  new Uint8Array(new pkijs.ContentInfo({ contentType, content }).toSchema().toBER());

/** asn1js takes whole ArrayBuffers. */
export const copy = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
