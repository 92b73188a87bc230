/** @module One enrollment at the local cloud's endpoint for Intune, prepared before it counts and checked after it. */
import type { KeyObject } from 'node:crypto';
import type { Ready } from '../../dev/local-cloud.js';
import type { CaCertificates } from '../../dev/scep-client/index.js';
import { createSimulatedDevice } from '../load/challenges.js';
import { checkAnswer, prepareRequest } from './requests.js';

/** Sends the request and waits for the answer; what it gives checks the answer and tells the serial number. */
export type SendEnrollment = () => Promise<() => string>;

/** For a new device. */
export async function prepareCloudEnrollment(
  ready: Ready,
  ca: CaCertificates,
  key: KeyObject,
): Promise<SendEnrollment> {
  const device = await createSimulatedDevice(ready.intune);
  const subjectAltName = { type: 'uri', value: device.alternativeName } as const;
  const { subject } = device;
  const request = prepareRequest(
    { key, subject, subjectAltName, challenge: await device.challenge() },
    ca.encryption,
  );
  const url = `${ready.scep.intune}/pkiclient.exe?operation=PKIOperation`;
  return async () => {
    const answer = await post(url, 'application/x-pki-message', request.message);
    return () => checkAnswer(request, answer, ca).serialNumber;
  };
}

/** @throws {Error} for any status but 200. */
export async function post(url: string, contentType: string, body: Uint8Array): Promise<Uint8Array> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: Buffer.from(body),
  });
  if (response.status !== 200) throw new Error(`${url} answered HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
