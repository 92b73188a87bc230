/** @module What clients let a certificate of GetCACert do. */
import type { Certificate, KeyUsage } from '../../dev/scep-client/index.js';

/** Only RSA keys open SCEP envelopes; without the extension nothing is forbidden (RFC 5280 section 4.2.1.3). */
export const mayUse = ({ keyUsage, publicKey }: Certificate, usage: KeyUsage): boolean =>
  publicKey.asymmetricKeyType === 'rsa' && (keyUsage?.includes(usage) ?? true);
