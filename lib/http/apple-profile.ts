/**
 * @module A configuration profile with the CA's certificates, for iPhones, iPads and Macs that no MDM manages
 * (Apple's Profile-Specific Payload Keys: Configuration, Certificates).
 */
import { createHash } from 'node:crypto';
import { escape } from 'html-escaper';
import { toBase64, toHex } from '../base/bytes.js';
import { parseCertificate } from '../pki/certificate.js';
import { formatName } from '../pki/name.js';

/** @param certificates DER, the issuing CA first. @returns the profile, XML; the same certificates, the same octets. */
export function encodeAppleProfile(certificates: readonly [Uint8Array, ...Uint8Array[]]): string {
  const [first] = certificates;
  const payloads = certificates.map((der) => {
    const name = nameOf(der);
    return dictionary({
      PayloadType: isSelfIssued(der) ? 'com.apple.security.root' : 'com.apple.security.pkcs1',
      PayloadVersion: 1,
      PayloadIdentifier: `skep.certificate.${hashOf(der)}`,
      PayloadUUID: uuidOf('certificate', der),
      PayloadDisplayName: name,
      PayloadContent: der,
    });
  });
  const profile = dictionary(
    {
      PayloadType: 'Configuration',
      PayloadVersion: 1,
      PayloadIdentifier: `skep.ca.${hashOf(first)}`,
      PayloadUUID: uuidOf('profile', first),
      PayloadDisplayName: nameOf(first),
      PayloadDescription: 'Makes this device trust certificates of this certification authority.',
    },
    `<key>PayloadContent</key>\n<array>\n${payloads.join('\n')}\n</array>`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n' +
    `<plist version="1.0">\n${profile}\n</plist>\n`
  );
}

function dictionary(values: Readonly<Record<string, string | number | Uint8Array>>, more = ''): string {
  const members = Object.entries(values).map(([key, value]) => `<key>${key}</key>\n${encodeValue(value)}`);
  return `<dict>\n${[...members, more].filter(Boolean).join('\n')}\n</dict>`;
}

function encodeValue(value: string | number | Uint8Array): string {
  if (typeof value === 'number') return `<integer>${value}</integer>`;
  return typeof value === 'string' ? `<string>${escape(value)}</string>` : `<data>${toBase64(value)}</data>`;
}

const nameOf = (der: Uint8Array): string => formatName(parseCertificate(der).subject);

function isSelfIssued(der: Uint8Array): boolean {
  const { subject, issuer } = parseCertificate(der);
  return formatName(subject) === formatName(issuer);
}

const hashOf = (der: Uint8Array): string => toHex(createHash('sha256').update(der).digest()).toLowerCase();

/** Version 8 of RFC 9562: made of what it names, so that a newer download replaces the older profile. */
function uuidOf(use: string, der: Uint8Array): string {
  const octets = createHash('sha256').update(use).update(der).digest().subarray(0, 16);
  octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x80;
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
  return toHex(octets).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
