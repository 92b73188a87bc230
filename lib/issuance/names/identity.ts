/** @module Whom a certificate is for, as its names say it: what revocation by device or user looks up later. */
import { SkepError } from '../../base/errors.js';
import type { GeneralName } from '../../pki/general-names.js';
import type { DistinguishedName } from '../../pki/name.js';
import type { IssuanceProfile } from '../profile.js';
import { decodeUri } from './sid-uri.js';
import { COMMON_NAME } from './subject.js';

const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const DEVICE_URI = new RegExp(`^IntuneDeviceId://(${GUID})/?$`, 'i');
const BARE_GUID = new RegExp(`^${GUID}$`, 'i');

export interface Identity {
  /** Lower-case GUID: of an `IntuneDeviceId://` name, or else the common name if it is one. */
  readonly deviceId?: string | undefined;
  /** User principal name, lower case. */
  readonly user?: string | undefined;
}

export function readIntuneDeviceId({ kind, value }: GeneralName): string | undefined {
  return kind === 'uri' ? DEVICE_URI.exec(value)?.[1]?.toLowerCase() : undefined;
}

/** Whether a lax reader might see a device id in it, however it is written. */
export function isDeviceUri({ kind, value }: GeneralName): boolean {
  return kind === 'uri' && /^intunedeviceid:/i.test(decodeUri(value));
}

/** The common names that are GUIDs; lower case. */
export function readCommonNameIds(subject: DistinguishedName): string[] {
  return subject.rdns
    .flat()
    .filter(({ type, value }) => type === COMMON_NAME && BARE_GUID.test(value))
    .map(({ value }) => value.toLowerCase());
}

export function readIdentity(subject: DistinguishedName, names: readonly GeneralName[]): Identity {
  const deviceId =
    names.map(readIntuneDeviceId).find((id) => id !== undefined) ?? readCommonNameIds(subject)[0];
  const user = names.find(({ kind }) => kind === 'upn')?.value.toLowerCase();
  return { deviceId, user };
}

/**
 * Device names, serial numbers and host names are reported by the device itself; an id is what the directory knows it by.
 * @throws {SkepError} `ERR_SAN`
 */
export function assertIdentified({ deviceId, user }: Identity, { requireIdentity }: IssuanceProfile): void {
  if (requireIdentity && deviceId === undefined && user === undefined) {
    throw new SkepError('ERR_SAN', { detail: 'names neither a device id nor a user' });
  }
}
