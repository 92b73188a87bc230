import { describe, expect, it } from 'vitest';
import { createAndroidDevice } from '../../../dev/devices/android.js';
import { createAppleDevice } from '../../../dev/devices/apple.js';
import { createMobileProfile, type MobileProfile } from '../../../dev/devices/mobile-profile.js';
import { DAY_MS } from '../../../lib/base/clock.js';
import { useCloud } from './cloud.js';

const { cloud, addDevice } = useCloud();

/** A device in Intune with a profile of its own, and the payload that Intune makes of it. */
async function payload(): Promise<{ readonly profile: MobileProfile; readonly deviceId: string }> {
  const { simulator } = cloud();
  const { client, profileId } = addDevice({ validity: { unit: 'Days', count: 30 } });
  const profile = simulator.state.profiles.get(profileId);
  if (!profile) throw new Error('no profile');
  const minted = await simulator.mintChallenge(client.deviceId, profileId);
  return { profile: createMobileProfile(profile, minted), deviceId: client.deviceId };
}

describe.each([
  // Apple says nothing of the validity, so the CA's own default holds; Android says it the wrong way round.
  ['an Apple device', createAppleDevice, 365],
  ['an Android device', createAndroidDevice, 30],
] as const)('%s', (_name, create, days) => {
  it('enrolls with an Intune challenge', async () => {
    const { profile, deviceId } = await payload();
    const result = await create().enroll(profile);
    if (result.status !== 'SUCCESS') throw new Error(JSON.stringify(result));
    const { certificate } = result;
    expect(certificate.subject).toBe(`CN=${deviceId}`);
    expect(certificate.subjectAltNames).toContainEqual({
      type: 'uri',
      value: `IntuneDeviceId://${deviceId}`,
    });
    expect(Math.round((certificate.notAfter.getTime() - Date.now()) / DAY_MS)).toBe(days);
    expect(cloud().simulator.state.certificates.get(certificate.thumbprint)).toMatchObject({ deviceId });
  });

  it('gets nothing with a challenge of somebody else', async () => {
    const [own, other] = [await payload(), await payload()];
    const result = await create().enroll({ ...own.profile, challenge: other.profile.challenge });
    expect(result).toMatchObject({ status: 'FAILURE', failInfo: 'badRequest' });
  });
});
