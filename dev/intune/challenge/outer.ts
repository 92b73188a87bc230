/** @module The CertEnrollToken: the XML around the sealed part, base64 as the device carries it. */
import { XMLParser } from 'fast-xml-parser';
import * as v from 'valibot';

export interface OuterToken {
  /** CMS EnvelopedData, base64. */
  readonly certEnrollChallenge: string;
  /** Hex SHA-1 of the signing certificate. */
  readonly signerThumbprint: string;
  /** Detached CMS SignedData, hex. */
  readonly signature: string;
  readonly deviceId: string;
  readonly certificateRequestId: string;
  readonly timestamp: string;
}

/** Elements in exactly this order. */
export function formatOuter(token: OuterToken): string {
  return (
    '<CertEnrollToken><Data>' +
    `<CertEnrollChallenge>${escapeXml(token.certEnrollChallenge)}</CertEnrollChallenge>` +
    `<SignerThumbprint>${escapeXml(token.signerThumbprint)}</SignerThumbprint>` +
    `</Data><Signature>${escapeXml(token.signature)}</Signature>` +
    `<DeviceId>${escapeXml(token.deviceId)}</DeviceId>` +
    `<CertificateRequestId>${escapeXml(token.certificateRequestId)}</CertificateRequestId>` +
    `<Timestamp>${escapeXml(token.timestamp)}</Timestamp></CertEnrollToken>`
  );
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const element = v.pipe(v.string(), v.nonEmpty());
const schema = v.object({
  CertEnrollToken: v.object({
    Data: v.object({ CertEnrollChallenge: element, SignerThumbprint: element }),
    Signature: element,
    DeviceId: element,
    CertificateRequestId: element,
    Timestamp: element,
  }),
});

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, processEntities: true });

/** @returns undefined when the text is not well-formed, declares a document type, or lacks an element. */
export function parseOuter(xml: string): OuterToken | undefined {
  if (xml.includes('<!')) return undefined;
  const result = v.safeParse(schema, parseXml(xml));
  if (!result.success) return undefined;
  const token = result.output.CertEnrollToken;
  return {
    certEnrollChallenge: token.Data.CertEnrollChallenge,
    signerThumbprint: token.Data.SignerThumbprint.toUpperCase(),
    signature: token.Signature,
    deviceId: token.DeviceId,
    certificateRequestId: token.CertificateRequestId,
    timestamp: token.Timestamp,
  };
}

function parseXml(xml: string): unknown {
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor would be one more package for one call
    return parser.parse(xml, true);
  } catch {
    return undefined;
  }
}

/** ISO 8601 UTC with seven fractional digits, as .NET writes it. */
export function formatTimestamp(instant: Date): string {
  return instant.toISOString().replace('Z', '0000Z');
}

/** @returns undefined for anything but that form. */
export function parseTimestamp(text: string): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\d{4}Z$/.exec(text);
  const instant = new Date(match ? `${match[1] ?? ''}Z` : NaN);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}
