/** @module CMS and SCEP messages, described, and opened where a key is given. */
import type { KeyObject } from 'node:crypto';
import { toHex } from '../../lib/base/bytes.js';
import {
  decodePkiMessage,
  oidName,
  openEnvelope,
  readCsr,
  readEnvelope,
  readSignedData,
  ScepClientError,
  verifyPkiMessage,
  type PkiMessage,
  type SignedData,
} from '../../dev/scep-client/index.js';
import { formatSerial } from '../../dev/scep-client/certificate.js';
import { readIssuerAndSerialNumber, readIssuerAndSubject } from '../../dev/scep-client/query-data.js';
import { formatName } from '../../dev/scep-client/names.js';
import { OID } from '../../dev/scep-client/oids.js';
import { describeCertificate, describeCsr } from './certificate.js';
import { describeCrl } from './crl.js';
import { finding, type Finding } from './finding.js';

export interface InspectOptions {
  readonly key?: KeyObject;
  readonly showChallenge: boolean;
}

/** A SignedData: a pkiMessage, a bundle of certificates and lists, or anything else. */
export function describeSignedData(der: Uint8Array, options: InspectOptions): Finding {
  const signed = readSignedData(der);
  const isPkiMessage = signed.signers.some(({ attributes }) =>
    attributes.some(({ oid }) => oid === OID.messageType || oid === OID.transactionId),
  );
  if (isPkiMessage) return describePkiMessage(decodePkiMessage(der), options);
  if (signed.signers.length === 0) return describeBundle(signed);
  const content = signed.content && describeContent(signed.content);
  return finding(
    'signed-data',
    'CMS SignedData',
    [
      ['contentType', oidName(signed.contentType)],
      ['signers', signed.signers.map(({ digestOid, digest }) => digest ?? digestOid)],
    ],
    [...(content ? [content] : []), ...certificatesOf(signed)],
  );
}

/** GetNextCACert signs a bundle. */
function describeContent(content: Uint8Array): Finding | undefined {
  try {
    return describeBundle(readSignedData(content));
  } catch {
    return undefined;
  }
}

const certificatesOf = (signed: SignedData): Finding[] =>
  signed.certificates.map((certificate) => describeCertificate(certificate));

const describeBundle = (signed: SignedData): Finding =>
  finding(
    'bundle',
    'Certificates and lists (degenerate SignedData)',
    [
      ['certificates', `${signed.certificates.length}`],
      ['crls', `${signed.crls.length}`],
    ],
    [...certificatesOf(signed), ...signed.crls.map(describeCrl)],
  );

function describePkiMessage(message: PkiMessage, options: InspectOptions): Finding {
  const { signer, signerCertificate, hresult } = message;
  const type = message.messageTypeName ?? 'unknown';
  return finding(
    'pkiMessage',
    `SCEP pkiMessage: ${type}`,
    [
      ['messageType', `${type} (${message.messageType ?? 'none'})`],
      ['transactionID', message.transactionId],
      ['senderNonce', message.senderNonce && toHex(message.senderNonce)],
      ['recipientNonce', message.recipientNonce && toHex(message.recipientNonce)],
      ['pkiStatus', message.pkiStatus],
      ['failInfo', message.failInfo],
      ['failInfoText', message.failInfoText],
      ['hresult', hresult === undefined ? undefined : `0x${hresult.toString(16).toUpperCase()}`],
      ['signingTime', message.signingTime?.toISOString()],
      ['digest', signer.digest ?? signer.digestOid],
      ['signatureAlgorithm', oidName(signer.signatureAlgorithm.algorithmId)],
      ['signature', describeSignature(message)],
      ['attributes', signer.attributes.map(({ oid }) => oidName(oid))],
    ],
    [
      ...(signerCertificate ? [describeCertificate(signerCertificate, 'Signer’s certificate')] : []),
      ...(message.envelope ? [describeEnvelope(message.envelope, options, message)] : []),
    ],
  );
}

function describeSignature(message: PkiMessage): string {
  if (!message.signerCertificate) return 'not checked: the signer’s certificate is not enclosed';
  try {
    verifyPkiMessage(message);
    return 'verifies with the enclosed certificate';
  } catch (thrown) {
    return `DOES NOT VERIFY: ${(thrown as Error).message}`;
  }
}

/** An EnvelopedData; with the key, what it holds. */
export function describeEnvelope(der: Uint8Array, options: InspectOptions, message?: PkiMessage): Finding {
  const envelope = readEnvelope(der);
  const opened = options.key && openContent(der, options.key);
  return finding(
    'envelope',
    'Envelope (CMS EnvelopedData)',
    [
      ['cipher', envelope.cipher ?? envelope.cipherOid],
      [
        'recipients',
        envelope.recipients.map(({ issuerDer, serialNumber, keyIdentifier, keyTransport }) => {
          const who =
            issuerDer && serialNumber
              ? `${formatName(issuerDer)} #${formatSerial(serialNumber)}`
              : `key ${toHex(keyIdentifier ?? new Uint8Array())}`;
          return `${who} by ${oidName(keyTransport.algorithmId)}`;
        }),
      ],
      ['size', `${envelope.encryptedContent.length} octets`],
      ['content', opened ? (typeof opened === 'string' ? opened : 'opened') : 'closed (--key opens it)'],
    ],
    opened && typeof opened !== 'string' ? [describeMessageData(opened, options, message)] : [],
  );
}

/** The content, or why it stays closed. */
function openContent(der: Uint8Array, key: KeyObject): Uint8Array | string {
  try {
    return openEnvelope(der, key);
  } catch (thrown) {
    if (thrown instanceof ScepClientError) return `closed: ${thrown.message}`;
    throw thrown;
  }
}

function describeMessageData(data: Uint8Array, options: InspectOptions, message?: PkiMessage): Finding {
  switch (message?.messageTypeName) {
    case 'CertRep':
      return describeBundle(readSignedData(data));
    case 'CertPoll': {
      const { issuer, subject } = readIssuerAndSubject(data);
      return finding('issuer-and-subject', 'Poll for', [
        ['issuer', issuer],
        ['subject', subject],
      ]);
    }
    case 'GetCert':
    case 'GetCRL': {
      const { issuer, serialHex } = readIssuerAndSerialNumber(data);
      return finding('issuer-and-serial', 'Query for', [
        ['issuer', issuer],
        ['serialNumber', serialHex],
      ]);
    }
    case 'PKCSReq':
    case 'RenewalReq':
    case 'UpdateReq':
    case undefined:
      return describeCsr(readCsr(data), options.showChallenge);
  }
}
