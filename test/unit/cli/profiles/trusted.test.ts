import { describe, expect, it } from 'vitest';
import { createDrafts } from '../../../../cli/profiles/drafts.js';
import { ISSUER, MIDDLE, payloadOf, RADIUS_ROOT, requestFor, ROOT, WIFI } from './request.js';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

describe('a trusted-certificate profile', () => {
  it('of Windows puts the root among the roots', () => {
    expect(payloadOf('windows/root')).toEqual({
      '@odata.type': '#microsoft.graph.windows81TrustedRootCertificate',
      displayName: 'Skep Windows: root CA',
      description:
        'Made by skep profiles for https://skep.example.\n[skep windows/root https://skep.example]',
      certFileName: 'skep-root.cer',
      trustedRootCertificate: base64(ROOT),
      destinationStore: 'computerCertStoreRoot',
    });
  });

  it('of Windows puts an issuing CA among the intermediates', () => {
    expect(payloadOf('windows/issuer', { chain: [ISSUER, ROOT] })).toMatchObject({
      displayName: 'Skep Windows: issuing CA',
      certFileName: 'skep-issuer.cer',
      trustedRootCertificate: base64(ISSUER),
      destinationStore: 'computerCertStoreIntermediate',
    });
  });

  it.each([
    ['ios', 'iosTrustedRootCertificate', {}],
    ['macos', 'macOSTrustedRootCertificate', { deploymentChannel: 'deviceChannel' }],
    ['android-work-profile', 'androidWorkProfileTrustedRootCertificate', {}],
    ['android-fully-managed', 'androidDeviceOwnerTrustedRootCertificate', {}],
  ])('of %s', (platform, type, further) => {
    const { displayName, description, ...payload } = payloadOf(`${platform}/root`);
    expect(displayName).toMatch(/^Skep .+: root CA$/);
    expect(description).toContain(`[skep ${platform}/root https://skep.example]`);
    expect(payload).toEqual({
      '@odata.type': `#microsoft.graph.${type}`,
      certFileName: 'skep-root.cer',
      trustedRootCertificate: base64(ROOT),
      ...further,
    });
  });

  it('is made of every CA of the chain, the root first, once for both kinds', () => {
    const keys = createDrafts(requestFor({ chain: [ISSUER, MIDDLE, ROOT], platforms: ['windows'] })).map(
      ({ key }) => key,
    );
    expect(keys).toEqual([
      'windows/root',
      'windows/intermediate-1',
      'windows/issuer',
      'windows/device/scep',
      'windows/user/scep',
    ]);
    expect(payloadOf('windows/intermediate-1', { chain: [ISSUER, MIDDLE, ROOT] })).toMatchObject({
      trustedRootCertificate: base64(MIDDLE),
      destinationStore: 'computerCertStoreIntermediate',
    });
  });

  it('is made of the root above the RADIUS server, too', () => {
    expect(payloadOf('windows/radius', { wifi: { ...WIFI, radiusRoot: RADIUS_ROOT } })).toMatchObject({
      trustedRootCertificate: base64(RADIUS_ROOT),
      destinationStore: 'computerCertStoreRoot',
    });
  });
});
