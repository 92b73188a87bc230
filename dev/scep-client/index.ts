/** @module The client's public face: what the device simulators, the command line and the tests import. */
export { CIPHER_NAMES, DIGEST_NAMES, type CipherName, type DigestName } from './algorithms.js';
export { readCaCertificates, selectCaCertificates, type CaCertificates } from './ca-certificates.js';
export { parseCapabilities, type Capabilities } from './capabilities.js';
export { readCertRep, type CertRep } from './cert-rep.js';
export { readCertificate, toPem, type Certificate } from './certificate.js';
export {
  createScepClient,
  createSignerIdentity,
  type EnrollResult,
  type ScepClient,
  type SignerIdentity,
} from './client.js';
export { createCsr, type CsrOptions, type RequestedValidity } from './csr.js';
export { openEnvelope, readEnvelope, sealEnvelope } from './envelope.js';
export { ScepClientError, type ScepClientErrorCode } from './errors.js';
export {
  authorityKeyIdentifierExtension,
  extendedKeyUsageExtension,
  keyUsageExtension,
  subjectAltNameExtension,
  type Extension,
  type KeyUsage,
} from './extensions.js';
export type { GeneralName } from './general-names.js';
export { KEY_TRANSPORT_NAMES, type KeyTransportName } from './key-transport.js';
export { exportPrivateKey, generateRsaKey, publicKeyDer } from './keys.js';
export { type FailInfoName, type MessageTypeName, type PkiStatusName } from './message-types.js';
export { encodeName, formatName } from './names.js';
export { OID, oidName } from './oids.js';
export { decodePkiMessage, encodePkiMessage, verifyPkiMessage, type PkiMessage } from './pki-message.js';
export { readCsr, type Csr } from './read-csr.js';
export { createSelfSignedCertificate } from './self-signed-certificate.js';
export { encodeDegenerate, readSignedData, type SignedData } from './signed-data.js';
export { createTransport, type Fetch } from './transport.js';
