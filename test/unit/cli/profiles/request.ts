/** @module Requests for profiles, as the options and the app would give them. */
import { toPayload, type ProfileDraft } from '../../../../cli/profiles/draft.js';
import { createDrafts } from '../../../../cli/profiles/drafts.js';
import { KINDS, PLATFORM_NAMES } from '../../../../cli/profiles/platforms.js';
import type { ProfileRequest } from '../../../../cli/profiles/request.js';

/** Stand for certificates: drafts carry them and look at none. */
export const ROOT = Uint8Array.of(1, 2, 3);
export const MIDDLE = Uint8Array.of(4, 5, 6);
export const ISSUER = Uint8Array.of(7, 8, 9);
export const RADIUS_ROOT = Uint8Array.of(10, 11, 12);

export function requestFor(changes: Partial<ProfileRequest> = {}): ProfileRequest {
  return {
    appUrl: 'https://skep.example',
    scepUrl: 'https://skep.example/certsrv/mscep/mscep.dll',
    chain: [ROOT],
    next: undefined,
    platforms: PLATFORM_NAMES,
    kinds: KINDS,
    namePrefix: 'Skep',
    validity: undefined,
    thresholdPercent: undefined,
    scepTrust: undefined,
    wifi: undefined,
    ...changes,
  };
}

export const WIFI: NonNullable<ProfileRequest['wifi']> = {
  ssid: 'Contoso',
  radiusServers: ['radius1.contoso.example', 'radius2.contoso.example'],
  radiusRoot: undefined,
};

export function draftOf(key: string, changes: Partial<ProfileRequest> = {}): ProfileDraft {
  const found = createDrafts(requestFor(changes)).find((draft) => draft.key === key);
  if (!found) throw new Error(`no draft ${key}`);
  return found;
}

/** The body that would create it; references name keys in place of addresses. */
export const payloadOf = (key: string, changes: Partial<ProfileRequest> = {}) =>
  toPayload(draftOf(key, changes), (to) => `<${to}>`);
