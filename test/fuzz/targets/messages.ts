/** @module The outer layers of a pkiMessage: SignedData, EnvelopedData, and the certificates in between. */
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { readEnvelopedData, readKeyTransport } from '../../../lib/scep/enveloped-data.js';
import { readPkiMessage, verifyPkiMessage } from '../../../lib/scep/pki-message.js';
import { readSignedData } from '../../../lib/scep/signed-data.js';
import { readCertificateWithPkijs, readEnvelopedDataWithPkijs, readSignedDataWithPkijs } from '../readers.js';
import { CERTIFICATES, ENVELOPES, MESSAGES } from '../seeds.js';
import { assertHolds, type Target } from '../target.js';
import { judge } from '../verdict.js';

const VERDICTS = [
  'ERR_SCEP_BAD_MESSAGE',
  'ERR_SCEP_MESSAGE_TYPE',
  'ERR_SCEP_ALGORITHM',
  'ERR_SCEP_SIGNATURE',
] as const;

export const pkiMessage: Target = {
  name: 'pki-message',
  about: 'pkiMessages: SignedData, signed attributes, signer and signature',
  grammar: 'der',
  seeds: () => MESSAGES,
  run(input) {
    const read = judge(() => {
      const { reply } = readPkiMessage(input);
      assertHolds(reply.transactionId.length <= 256, 'a transactionID has its bound');
    }, ['ERR_SCEP_MALFORMED']);
    if (read.accepted) {
      const unverified = readPkiMessage(input);
      for (const legacy of [false, true])
        judge(() => verifyPkiMessage(unverified, { legacy }), [...VERDICTS, 'ERR_DER']);
    }
    return judge(() => readSignedData(input), ['ERR_DER']);
  },
  references: [{ name: 'pkijs', every: 40, read: readSignedDataWithPkijs }],
  program: { args: ['cms', '-cmsout', '-inform', 'DER', '-noout', '-in'] },
};

export const envelope: Target = {
  name: 'envelope',
  about: 'EnvelopedData and the key transport of each recipient',
  grammar: 'der',
  seeds: () => ENVELOPES,
  run: (input) =>
    judge(() => {
      const { recipients } = readEnvelopedData(input, true);
      for (const { algorithm } of recipients)
        judge(() => readKeyTransport(algorithm), ['ERR_DER', 'ERR_SCEP_ALGORITHM']);
    }, ['ERR_DER', 'ERR_SCEP_BAD_MESSAGE', 'ERR_SCEP_ALGORITHM']),
  references: [{ name: 'pkijs', every: 40, read: readEnvelopedDataWithPkijs }],
  program: { args: ['cms', '-cmsout', '-inform', 'DER', '-noout', '-in'] },
};

export const certificate: Target = {
  name: 'certificate',
  about: 'certificates that messages are signed with',
  grammar: 'der',
  seeds: () => CERTIFICATES,
  run: (input) => judge(() => parseCertificate(input), ['ERR_DER']),
  references: [{ name: 'pkijs', every: 20, read: readCertificateWithPkijs }],
  program: { args: ['x509', '-inform', 'DER', '-noout', '-in'] },
};
