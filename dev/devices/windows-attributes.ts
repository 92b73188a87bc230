/** @module The attributes that Windows adds to a request about itself. A CA has no use for them. */
import { attribute, element, integer, sequence, string } from '../scep-client/ber-writer.js';
import { OID } from '../scep-client/index.js';

const OS_VERSION = '10.0.26100.2';

/** OS version, client information and key provider (MS-WCCE section 2.2.2.7). */
export const windowsAttributes = (computerName: string, keyProvider: string): Uint8Array[] => [
  attribute(OID.msOsVersion, string('ia5', OS_VERSION)),
  attribute(
    OID.msRequestClientInfo,
    sequence(
      integer(5),
      string('utf8', computerName),
      string('utf8', 'NT AUTHORITY\\SYSTEM'),
      string('utf8', 'dmcertinst.exe'),
    ),
  ),
  attribute(
    OID.msEnrollmentCsp,
    sequence(integer(1), string('bmp', keyProvider), element(0x03, Uint8Array.of(0))),
  ),
];
