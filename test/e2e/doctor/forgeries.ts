/** What a badly made CA would hand out, signed with the key of the CA under test. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS } from '../../../lib/base/clock.js';
import { createLocalSigner } from '../../../lib/keys/local-key.js';
import { cRLNumber, encodeTbsCertList } from '../../../lib/pki/crl.js';
import { extendedKeyUsage, keyUsage, type KeyUsage } from '../../../lib/pki/extensions.js';
import { encodeSigned, encodeTbsCertificate } from '../../../lib/pki/tbs-certificate.js';
import {
  decodePkiMessage,
  encodeDegenerate,
  encodeName,
  encodePkiMessage,
  OID,
  openEnvelope,
  publicKeyDer,
  readCertificate,
  readCsr,
  type Certificate,
} from '../../../dev/scep-client/index.js';

export interface RaChanges {
  readonly usages?: readonly KeyUsage[];
  readonly purposes?: readonly string[];
  readonly notAfter?: Date;
  /** Signs in place of the CA. */
  readonly signer?: KeyObject;
}

export interface Forger {
  readonly ca: Certificate;
  /** GetCACert with another RA certificate over the RA's key. */
  caCertificates(changes: RaChanges): Promise<Uint8Array>;
  /** A CertRep SUCCESS to a request: a certificate for it, and the CA's beside it. */
  answerWithTwo(pkiMessage: Uint8Array): Promise<Uint8Array>;
  /** A CRL whose next update is past. */
  staleCrl(): Promise<Uint8Array>;
}

/** @param keysDir of the local cloud. */
export function createForger(keysDir: string, random: (length: number) => Uint8Array): Forger {
  const read = (name: string) => readFileSync(join(keysDir, name), 'utf8');
  const derOf = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const caKey = createPrivateKey(read('ca.key.pem'));
  const raKey = createPrivateKey(read('ra.key.pem'));
  const ca = readCertificate(derOf(read('ca.pem')));
  const ra = readCertificate(derOf(read('ra.pem')));
  const now = Date.now();

  async function certify(
    subject: Uint8Array,
    publicKey: Uint8Array,
    { usages = ['digitalSignature', 'keyEncipherment'], purposes, notAfter, signer = caKey }: RaChanges,
  ): Promise<Uint8Array> {
    const local = createLocalSigner(signer);
    const [algorithm] = local.algorithms;
    const tbs = encodeTbsCertificate({
      serialNumber: random(16),
      signature: algorithm,
      issuer: ca.subjectDer,
      notBefore: new Date(now - 400 * DAY_MS),
      notAfter: notAfter ?? new Date(now + 100 * DAY_MS),
      subject,
      publicKey,
      extensions: [keyUsage(usages), ...(purposes ? [extendedKeyUsage(purposes)] : [])],
    });
    return encodeSigned(tbs, algorithm, await local.sign(tbs, algorithm));
  }

  return {
    ca,
    async caCertificates(changes) {
      const purposes = changes.purposes ?? [OID.certificateRequestAgent];
      const forged = await certify(ra.subjectDer, publicKeyDer(raKey), { ...changes, purposes });
      return encodeDegenerate([forged, ca.der]);
    },
    async answerWithTwo(pkiMessage) {
      const request = decodePkiMessage(pkiMessage);
      const recipient = request.signerCertificate;
      if (!recipient) throw new Error('the request encloses no certificate');
      const csr = readCsr(openEnvelope(request.envelope ?? new Uint8Array(), raKey, ra));
      const issued = await certify(encodeName('CN=issued'), csr.spki, { purposes: [OID.clientAuth] });
      return encodePkiMessage({
        messageType: 'CertRep',
        transactionId: request.transactionId,
        senderNonce: random(16),
        recipientNonce: request.senderNonce ?? new Uint8Array(),
        pkiStatus: 'SUCCESS',
        messageData: encodeDegenerate([issued, ca.der]),
        recipients: [recipient],
        signerKey: raKey,
        signerCertificate: ra,
      });
    },
    async staleCrl() {
      const local = createLocalSigner(caKey);
      const [algorithm] = local.algorithms;
      const tbs = encodeTbsCertList({
        signature: algorithm,
        issuer: ca.subjectDer,
        thisUpdate: new Date(now - 3 * DAY_MS),
        nextUpdate: new Date(now - 2 * DAY_MS),
        entries: [],
        extensions: [cRLNumber(7)],
      });
      return encodeSigned(tbs, algorithm, await local.sign(tbs, algorithm));
    },
  };
}
