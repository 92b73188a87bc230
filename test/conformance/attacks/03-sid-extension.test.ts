/** Attack 3: another account's security identifier in a request's extension. Never copied; an alert. */
import { expect, it } from 'vitest';
import { OID } from '../../../dev/scep-client/index.js';
import { context, octetString, oid, sequence } from '../../../lib/pki/der.js';
import { certificateText } from '../../support/openssl.js';
import { expectStripped } from '../../support/alert.js';
import { createBench, issuedBy } from '../../support/scep-bench.js';

const SID = 'S-1-5-21-1004336348-1177238915-682003330-500';
const sid = {
  oid: OID.msNtdsCaSecurity,
  value: sequence(
    context(0, oid('1.3.6.1.4.1.311.25.2.1'), context(0, octetString(Buffer.from(SID, 'latin1')))),
  ),
};

it.each(['pkcs9', 'microsoft'] as const)(
  'is stripped under the %s extension request',
  async (extensionRequestOid) => {
    const bench = await createBench();
    const csr = { extraExtensions: [sid], extensionRequestOid };
    const answer = await bench.ask(bench.build({ csr }), 'intune');
    expect(answer.outcome).toBe('SUCCESS');
    const certificate = issuedBy(answer);
    expect(certificate.extensions.map(({ oid: type }) => type)).not.toContain(OID.msNtdsCaSecurity);
    expect(Buffer.from(certificate.der).includes(SID)).toBe(false);
    expect(certificateText(certificate.der)).not.toContain('1.3.6.1.4.1.311.25.2');
    expectStripped(bench, 'sid-extension');
  },
);
