/** @module Extended key usages by name, and those that no profile may ever allow. */
import { OID } from '../pki/oids.js';

/** The purposes that a profile may name in words; any other is named by its dotted OID. */
export const PURPOSES = {
  clientAuth: OID.clientAuth,
  serverAuth: OID.serverAuth,
  emailProtection: OID.emailProtection,
  /** Extensible Authentication Protocol over LAN (RFC 4334 section 2). */
  eapOverLAN: '1.3.6.1.5.5.7.3.14',
  /** RFC 4945 section 5.1.3.12. */
  ipsecIKE: '1.3.6.1.5.5.7.3.17',
  smartCardLogon: OID.smartCardLogon,
} as const satisfies Record<string, string>;

export type Purpose = keyof typeof PURPOSES;

/** A device with one of these could act for others, or for the CA. */
export const FORBIDDEN_PURPOSES: ReadonlyMap<string, string> = new Map([
  [OID.anyExtendedKeyUsage, 'anyExtendedKeyUsage'],
  [OID.ocspSigning, 'OCSPSigning'],
  [OID.certificateRequestAgent, 'certificateRequestAgent'],
]);
