/** @module GetCACert: reading the bundle and choosing who encrypts to whom (RFC 8894 sections 2.1.2 and 4.2.1). */
import { isIssuedBy, readCertificate, type Certificate } from './certificate.js';
import { ScepClientError } from './errors.js';
import type { KeyUsage } from './extensions.js';
import { assertSignedBy, findSignerCertificate, readSignedData } from './signed-data.js';
import type { TransportAnswer } from './transport.js';

/** Who is who behind a SCEP URL. In CA mode all three are the same certificate. */
export interface CaCertificates {
  readonly all: readonly Certificate[];
  readonly ca: Certificate;
  /** Whom requests are encrypted to. */
  readonly encryption: Certificate;
  /** Who may sign answers. */
  readonly signers: readonly Certificate[];
}

/**
 * Reads an answer to GetCACert: one certificate, or a degenerate SignedData.
 * @throws {ScepClientError} `ERR_CLIENT_CONTENT_TYPE`, `ERR_CLIENT_MALFORMED`
 */
export function readCaCertificates({ contentType, body }: TransportAnswer): Certificate[] {
  switch (contentType) {
    case 'application/x-x509-ca-cert':
      return [readCertificate(body)];
    case 'application/x-x509-ca-ra-cert':
      return [...readSignedData(body).certificates];
    default:
      throw new ScepClientError('ERR_CLIENT_CONTENT_TYPE', contentType || 'none');
  }
}

const maySign = (certificate: Certificate): boolean => mayUse(certificate, 'digitalSignature');

const mayUse = ({ keyUsage }: Certificate, usage: KeyUsage): boolean =>
  keyUsage === undefined || keyUsage.includes(usage);

const isRsa = ({ publicKey }: Certificate): boolean => publicKey.asymmetricKeyType === 'rsa';

const canReceive = (certificate: Certificate): boolean =>
  isRsa(certificate) && mayUse(certificate, 'keyEncipherment');

export interface SelectOptions {
  /** SHA-1 in hex, any case: the CA must be this certificate. */
  readonly caThumbprint?: string;
  /** Takes no CA whose key usage lacks keyEncipherment; others, jscep and sscep among them, make do. Default false. */
  readonly strictKeyUsage?: boolean;
}

/**
 * Chooses as real clients do: an end-entity certificate by its key usage, else the CA.
 * @throws {ScepClientError} `ERR_CLIENT_THUMBPRINT`, `ERR_CLIENT_NO_RECIPIENT`, `ERR_CLIENT_UNTRUSTED`
 */
export function selectCaCertificates(
  all: readonly Certificate[],
  { caThumbprint, strictKeyUsage = false }: SelectOptions = {},
): CaCertificates {
  const endEntities = all.filter(({ isCa }) => !isCa);
  const ra = endEntities.find(canReceive);
  const ca = findCa(all, ra, caThumbprint);
  const trusted = endEntities.filter((certificate) => isIssuedBy(certificate, ca));
  if (ra && ra !== ca && !trusted.includes(ra)) {
    throw new ScepClientError('ERR_CLIENT_UNTRUSTED', `RA certificate ${ra.subject}`);
  }
  const encryption = trusted.find(canReceive) ?? ca;
  if (!(strictKeyUsage ? canReceive : isRsa)(encryption)) {
    throw new ScepClientError('ERR_CLIENT_NO_RECIPIENT', ca.subject);
  }
  return { all, ca, encryption, signers: [...trusted.filter(maySign), ca] };
}

/**
 * The CA among the certificates: the pinned one, else the one that issued the RA, else the one at the bottom.
 * @throws {ScepClientError} `ERR_CLIENT_THUMBPRINT`, `ERR_CLIENT_NO_RECIPIENT`
 */
export function findCa(
  all: readonly Certificate[],
  ra: Certificate | undefined,
  caThumbprint: string | undefined,
): Certificate {
  if (caThumbprint !== undefined) {
    const wanted = caThumbprint.replace(/[\s:]/g, '').toUpperCase();
    const pinned = all.find(({ thumbprint }) => thumbprint === wanted);
    if (!pinned) throw new ScepClientError('ERR_CLIENT_THUMBPRINT', wanted);
    return pinned;
  }
  const authorities = all.filter(({ isCa }) => isCa);
  const ca =
    authorities.find((candidate) => ra && isIssuedBy(ra, candidate)) ??
    authorities.find(
      (candidate) => !all.some((other) => other !== candidate && isIssuedBy(other, candidate)),
    ) ??
    all[0];
  if (!ca) throw new ScepClientError('ERR_CLIENT_NO_RECIPIENT', 'GetCACert is empty');
  return ca;
}

/**
 * Reads an answer to GetNextCACert, which the current CA must have signed (RFC 8894 section 4.7.1).
 * @throws {ScepClientError} `ERR_CLIENT_CONTENT_TYPE`, `ERR_CLIENT_MALFORMED`, `ERR_CLIENT_SIGNATURE`
 */
export function readNextCaCertificates(
  { contentType, body }: TransportAnswer,
  current: CaCertificates,
): Certificate[] {
  if (contentType !== 'application/x-x509-next-ca-cert') {
    throw new ScepClientError('ERR_CLIENT_CONTENT_TYPE', contentType || 'none');
  }
  const signed = readSignedData(body);
  const [signer] = signed.signers;
  const certificate = signer && findSignerCertificate(signer, current.signers);
  if (!signer || !certificate)
    throw new ScepClientError('ERR_CLIENT_SIGNATURE', 'not signed by the current CA');
  assertSignedBy(signed, signer, certificate);
  return [...readSignedData(signed.content ?? new Uint8Array()).certificates];
}
