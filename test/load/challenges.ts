/** @module Devices that the Intune simulator knows, and challenges that it makes for them. */
import { randomUUID } from 'node:crypto';
import { SEED_IDS } from '../../dev/intune/seed.js';

/** What a device of this run asks for. */
export interface DeviceIdentity {
  readonly subject: string;
  readonly alternativeName: string;
  /** A new one each time, as for each deployment of the profile. */
  challenge(): Promise<string>;
}

/** @param simulatorUrl without a slash at the end. */
export async function createSimulatedDevice(simulatorUrl: string): Promise<DeviceIdentity> {
  const id = randomUUID();
  await control(simulatorUrl, 'devices', {
    id,
    tenantId: SEED_IDS.tenant,
    entraId: randomUUID(),
    name: `LOAD-${id.slice(0, 8)}`,
  });
  await control(simulatorUrl, 'assignments', {
    id: randomUUID(),
    profileId: SEED_IDS.profile,
    target: 'device',
    targetId: id,
  });
  return {
    // What the simulator's first profile says: CN={{DeviceId}}.
    subject: `CN=${id}`,
    alternativeName: `IntuneDeviceId://${id}`,
    async challenge() {
      const made = await control(simulatorUrl, 'challenges', { deviceId: id, profileId: SEED_IDS.profile });
      return made['challenge'] as string;
    },
  };
}

/** For an endpoint with a fixed challenge, which asks nobody else. */
export function createStaticDevice(challenge: string): DeviceIdentity {
  const id = randomUUID();
  return {
    subject: `CN=load-${id}`,
    alternativeName: `IntuneDeviceId://${id}`,
    challenge: () => Promise.resolve(challenge),
  };
}

async function control(simulatorUrl: string, what: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${simulatorUrl}/_sim/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the Intune simulator says ${response.status}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
