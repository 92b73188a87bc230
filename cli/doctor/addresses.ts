/** @module Where a certificate says that its status and its issuer are (RFC 5280 sections 4.2.1.13, 4.2.2.1). */
import {
  childrenOf,
  isContext,
  octetsOf,
  oidOf,
  readBlock,
  type Block,
} from '../../dev/scep-client/ber-reader.js';
import type { Certificate } from '../../dev/scep-client/certificate.js';
import { OID } from '../../dev/scep-client/oids.js';

const OCSP_ACCESS = '1.3.6.1.5.5.7.48.1';
/** GeneralName: uniformResourceIdentifier. */
const URI = 6;

const extensionOf = ({ extensions }: Certificate, wanted: string): Block | undefined => {
  const found = extensions.find(({ oid }) => oid === wanted);
  return found && readBlock(found.value, 'addresses');
};

export const ocspAddresses = (certificate: Certificate): string[] =>
  childrenOf(extensionOf(certificate, OID.authorityInfoAccess))
    .filter((access) => oidOf(childrenOf(access)[0]) === OCSP_ACCESS)
    .flatMap((access) => urisIn(access));

export const crlAddresses = (certificate: Certificate): string[] => {
  const points = extensionOf(certificate, OID.crlDistributionPoints);
  return points ? urisIn(points) : [];
};

function urisIn(block: Block): string[] {
  if (isContext(block, URI) && !block.idBlock.isConstructed)
    return [Buffer.from(octetsOf(block)).toString('latin1')];
  return childrenOf(block).flatMap(urisIn);
}
