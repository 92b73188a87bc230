/**
 * @module An Android device as a SCEP server sees it: `message=ca`, BER with indefinite lengths, SHA-512 where it is
 * offered, and the two values of the validity each under the other's name.
 */
import { createScepClient } from '../scep-client/index.js';
import { keyUsages, withDefaults, type MobileDevice, type MobileDeviceOptions } from './mobile.js';

const USER_AGENT = 'Dalvik/2.1.0 (Linux; U; Android 15; Pixel 8 Build/AP4A.250105.002)';

export function createAndroidDevice(options: MobileDeviceOptions = {}): MobileDevice {
  const { fetch, clock, random, keys } = withDefaults(options);
  return {
    async enroll(profile) {
      const client = createScepClient({
        url: profile.url,
        fetch,
        userAgent: USER_AGENT,
        caIdentifier: 'ca',
        contentType: 'application/octet-stream',
        clock,
        random,
      });
      const capabilities = await client.getCapabilities();
      return client.enroll({
        key: await keys(profile.keyLength),
        subject: profile.subject,
        nameOptions: { order: 'as-written' },
        ...(profile.challenge === '' ? {} : { challenge: profile.challenge }),
        keyUsage: keyUsages(profile.keyUsage),
        extendedKeyUsage: profile.extendedKeyUsage,
        subjectAltNames: profile.subjectAltNames,
        validity: { ...profile.validity, swapped: true },
        message: {
          indefinite: true,
          digest: capabilities.has('SHA-512') ? 'sha512' : capabilities.has('SHA-256') ? 'sha256' : 'sha1',
          cipher: capabilities.has('AES') || capabilities.has('SCEPStandard') ? 'aes128' : 'des3',
        },
      });
    },
  };
}
