/** @module Certificate revocation lists, described. */
import * as pkijs from 'pkijs';
import { oidName, formatName } from '../../dev/scep-client/index.js';
import { numberOf, octetsOf, readBlock, reading } from '../../dev/scep-client/ber-reader.js';
import { formatSerial } from '../../dev/scep-client/certificate.js';
import { OID } from '../../dev/scep-client/oids.js';
import { finding, type Finding } from './finding.js';
import { reasonName } from './reasons.js';

const SHOWN_ENTRIES = 50;

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function describeCrl(der: Uint8Array): Finding {
  return reading('CRL', () => {
    const crl = new pkijs.CertificateRevocationList({ schema: readBlock(der, 'CRL') });
    const entries = crl.revokedCertificates ?? [];
    const number = crl.crlExtensions?.extensions.find(({ extnID }) => extnID === OID.crlNumber);
    return finding('crl', 'Certificate revocation list', [
      ['issuer', formatName(new Uint8Array(crl.issuer.toSchema().toBER()))],
      ['thisUpdate', crl.thisUpdate.value.toISOString()],
      ['nextUpdate', crl.nextUpdate?.value.toISOString()],
      ['number', number && formatSerial(octetsOf(readBlock(octetsOf(number.extnValue), 'CRL number')))],
      ['signatureAlgorithm', oidName(crl.signatureAlgorithm.algorithmId)],
      ['revoked', `${entries.length}`],
      ['entries', entries.slice(0, SHOWN_ENTRIES).map(describeEntry)],
    ]);
  });
}

function describeEntry(entry: pkijs.RevokedCertificate): string {
  const serial = formatSerial(octetsOf(entry.userCertificate));
  const reason = entry.crlEntryExtensions?.extensions.find(({ extnID }) => extnID === OID.crlReason);
  const code = reason && numberOf(readBlock(octetsOf(reason.extnValue), 'reason'));
  return `${serial} ${entry.revocationDate.value.toISOString()} ${reasonName(code)}`.trimEnd();
}
