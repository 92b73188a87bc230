import { describe, expect, it } from 'vitest';
import { readClaimedIdentity } from '../../../../lib/issuance/names/claimed-identity.js';
import { parseCertificationRequest } from '../../../../lib/pki/csr.js';
import { sequence } from '../../../../lib/pki/der.js';
import { extension } from '../../../../lib/pki/extensions.js';
import { OID } from '../../../../lib/pki/oids.js';
import { sidExtension } from '../../../../lib/pki/sid-extension.js';
import { altNames, buildRequest, type RequestFields } from '../../../support/request-builder.js';

const A = '5ce90000-de71-4000-8000-00000000000a';
const B = '5ce90000-de71-4000-8000-00000000000b';
const SID = 'S-1-5-21-1-2-3-1104';

const claimed = (request: RequestFields) =>
  readClaimedIdentity(parseCertificationRequest(buildRequest(request)));

describe('whom a request claims to be for', () => {
  it('is nobody, by default', () => {
    expect(claimed({})).toEqual({ deviceIds: [], securityIdentifiers: [] });
  });

  it('is every device that it names, in the common name and among the alternative names', () => {
    const names = altNames(['uri', `IntuneDeviceId://${A.toUpperCase()}`], ['upn', 'Robin@Example.com']);
    expect(claimed({ subject: `CN=${B}`, extensions: [names] })).toEqual({
      deviceIds: [A, B],
      user: 'robin@example.com',
      securityIdentifiers: [],
    });
    expect(claimed({ subject: `CN=${A}`, extensions: [names] }).deviceIds).toEqual([A]);
  });

  it('is every common name, and what others might read as a device id', () => {
    const names = altNames(['uri', `IntuneDeviceId://${A}/..`], ['uri', `intunedeviceid%3A//${B}`]);
    expect(claimed({ subject: `CN=${A},CN=${B}`, extensions: [names] }).deviceIds).toEqual([
      'unreadable',
      B,
      A,
    ]);
  });

  it('is every security identifier, readable or not', () => {
    const names = altNames(
      ['uri', `tag:microsoft.com,2022-09-14:sid:${SID}`],
      ['uri', `tag:microsoft.com,2022-09-14:%73id:${SID}`],
    );
    expect(claimed({ extensions: [names, sidExtension('S-1-5-21-9')] }).securityIdentifiers).toEqual([
      SID,
      'unreadable',
      'S-1-5-21-9',
    ]);
    expect(
      claimed({ extensions: [extension(OID.msNtdsCaSecurity, sequence())] }).securityIdentifiers,
    ).toEqual(['unreadable']);
  });
});
