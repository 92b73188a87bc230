/** @module How large the parts of a message may be. The readers have bounds of their own; these are an administrator's. */
import { SkepError } from '../base/errors.js';
import type { CertificationRequest } from '../pki/csr.js';
import { readGeneralNames } from '../pki/general-names.js';
import { measureNesting } from '../pki/nesting.js';
import { OID } from '../pki/oids.js';
import type { PkiMessage } from '../scep/message.js';
import type { UnverifiedMessage } from '../scep/pki-message.js';

export interface MessageLimits {
  /** Elements inside each other, in the message and in the request inside. */
  readonly nesting: number;
  /** Signed attributes, attributes of the request, extensions and alternative names that it asks for: of each kind. */
  readonly attributes: number;
  /** Octets of a distinguished name, and of an alternative name. */
  readonly nameOctets: number;
}

/**
 * Octets of a certification request. A row of Azure Tables holds 64 KiB in a property, and there the request and what is
 * issued for it have to find room; a real one has 8 KiB, most of it the challenge.
 */
const MAX_REQUEST_OCTETS = 49_152;

/** Real messages nest 12 deep and have 9 attributes; an Intune profile's names have some hundred octets. */
export const MESSAGE_LIMITS: MessageLimits = { nesting: 24, attributes: 32, nameOctets: 2048 };

/** @throws {SkepError} `ERR_LIMIT`: a signed refusal, since what an answer needs has been read. */
export function assertMessageLimits(
  body: Uint8Array,
  { signerInfo }: UnverifiedMessage,
  limits: MessageLimits,
): void {
  assertNesting(body, limits);
  assertCount('signed attributes', signerInfo.attributes.length, limits);
}

/** @throws {SkepError} `ERR_LIMIT` */
export function assertSignerLimits({ signer }: PkiMessage, limits: MessageLimits): void {
  assertLength('the name of the signer', signer.subject.der, limits.nameOctets);
  assertLength('the issuer’s name of the signer', signer.issuer.der, limits.nameOctets);
}

/**
 * To be asked when the request's own signature was verified, not before: an answer that depends on what was encrypted
 * would tell a stranger about it (RFC 3218).
 * @throws {SkepError} `ERR_LIMIT`
 */
export function assertRequestLimits(csr: CertificationRequest, limits: MessageLimits): void {
  assertLength('the request', csr.der, MAX_REQUEST_OCTETS);
  assertNesting(csr.der, limits);
  assertCount('attributes of the request', csr.attributeCount, limits);
  assertCount('extensions', csr.extensions.length, limits);
  assertLength('the subject', csr.subject.der, limits.nameOctets);
  const names = csr.extensions.find(({ type }) => type === OID.subjectAltName);
  if (names) assertNames(names.value, limits);
}

function assertNames(value: Uint8Array, limits: MessageLimits): void {
  let names;
  try {
    names = readGeneralNames(value);
  } catch {
    // Who shapes the certificate reads them again, and says what is wrong with them.
    return;
  }
  assertCount('alternative names', names.length, limits);
  for (const { der } of names) assertLength('an alternative name', der, limits.nameOctets);
}

function assertNesting(bytes: Uint8Array, { nesting }: MessageLimits): void {
  if (measureNesting(bytes, nesting + 1) > nesting) throw exceeded(`elements nest more than ${nesting} deep`);
}

function assertCount(what: string, count: number, { attributes }: MessageLimits): void {
  if (count > attributes) throw exceeded(`${count} ${what}, ${attributes} are allowed`);
}

function assertLength(what: string, der: Uint8Array, most: number): void {
  if (der.length > most) throw exceeded(`${what} has ${der.length} octets, ${most} are allowed`);
}

const exceeded = (detail: string): SkepError => new SkepError('ERR_LIMIT', { detail });
