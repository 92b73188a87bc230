/** @module All profiles that a request asks for, in the order in which they can be created. */
import { createScepDraft } from './scep.js';
import type { ProfileDraft } from './draft.js';
import type { ProfileRequest } from './request.js';
import { createTrustedDrafts } from './trusted.js';
import { createWifiDraft } from './wifi.js';

/** For each platform: trusted certificates, then what refers to them. */
export function createDrafts(request: ProfileRequest): readonly ProfileDraft[] {
  return request.platforms.flatMap((platform) => [
    ...createTrustedDrafts(request, platform),
    ...request.kinds.flatMap((kind) => [
      createScepDraft(request, platform, kind),
      ...(request.wifi ? [createWifiDraft(request, request.wifi, platform, kind)] : []),
    ]),
  ]);
}
