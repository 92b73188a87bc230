/** @module Steps i to o: whose challenge it is, how old, and whether it is still meant. */
import { MINUTE_MS } from '../../../lib/base/clock.js';
import { parseTimestamp } from '../challenge/outer.js';
import { refuse } from '../codes.js';
import { isTargeted } from '../state.js';
import { known, type Check } from './draft.js';

const CLOCK_SKEW_MS = 5 * MINUTE_MS;

/** A US-style date and time, as the service writes it into its description. */
const US_TIME = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
});
const formatUsTime = (instant: Date) => US_TIME.format(instant).replace(',', '').replace(/\s/g, ' ');

export const BINDING: readonly Check[] = [
  {
    step: 'i',
    name: 'the tenant is that of the token',
    run: (draft) => {
      const { tenantId } = known(draft.inner);
      if (tenantId === draft.tokenTenantId) return undefined;
      return refuse(
        'BadTenantIdInChallenge',
        `The tenant of the challenge (${tenantId}) is not the tenant of the token (${draft.tokenTenantId}).`,
      );
    },
  },
  {
    step: 'j',
    name: 'the time is plausible',
    run: (draft) => {
      const inner = known(draft.inner);
      const created = parseTimestamp(inner.created);
      if (!created || known(draft.outer).timestamp !== inner.created)
        return refuse('ChallengeInvalidTimestamp', 'The time of the challenge does not read.');
      if (created.getTime() - draft.clock.now().getTime() > CLOCK_SKEW_MS)
        return refuse('ChallengeInvalidTimestamp', 'The challenge comes from the future.');
      return undefined;
    },
  },
  {
    step: 'k',
    name: 'the hour is not over',
    run: (draft) => {
      const inner = known(draft.inner);
      const created = known(parseTimestamp(inner.created));
      const expiry = new Date(created.getTime() + inner.intervalMinutes * MINUTE_MS);
      const lateMs = draft.clock.now().getTime() - expiry.getTime();
      if (draft.state.switches.expiryInclusive ? lateMs <= 0 : lateMs < 0) return undefined;
      return refuse(
        'ChallengeExpired',
        `The challenge is too old. challengeExpInterval=${inner.intervalMinutes}, ` +
          `challengeExpiration=${formatUsTime(expiry)}, challengeCreation=${formatUsTime(created)}`,
      );
    },
  },
  {
    step: 'l',
    name: 'the request is known',
    run: (draft) => {
      const { requestId } = known(draft.inner);
      const request = draft.state.requests.get(known(draft.challengeDigest));
      if (request?.requestId === requestId && known(draft.outer).certificateRequestId === requestId)
        return undefined;
      return refuse('BadCertificateRequestIdInChallenge', 'The certificate request id is not known.');
    },
  },
  {
    step: 'm',
    name: 'the device is enrolled',
    run: (draft) => {
      const { deviceId } = known(draft.inner);
      const device = draft.state.devices.get(deviceId);
      if (device?.state === 'enrolled' && known(draft.outer).deviceId === deviceId) return undefined;
      return refuse('BadDeviceIdInChallenge', 'The device is not known or not enrolled.');
    },
  },
  {
    step: 'n',
    name: 'the user exists',
    run: (draft) => {
      const { userId, profileId } = known(draft.inner);
      const userProfile = draft.state.profiles.get(profileId)?.type === 'user';
      if (userId === null ? !userProfile : draft.state.users.has(userId)) return undefined;
      return refuse('BadUserIdInChallenge', 'The user is not known.');
    },
  },
  {
    step: 'o',
    name: 'the profile is still aimed at the device',
    run: (draft) => {
      const { state } = draft;
      const { deviceId, profileId } = known(draft.inner);
      const device = state.devices.get(deviceId);
      const profile = state.profiles.get(profileId);
      const request = state.requests.get(known(draft.challengeDigest));
      if (device && profile && profile.version === request?.version && isTargeted(state, profile, device))
        return undefined;
      return refuse('ScepProfileNoLongerTargetedToTheClient', 'The profile is no longer assigned as it was.');
    },
  },
  {
    step: 'o',
    name: 'the challenge was not used',
    run: (draft) => {
      const digest = known(draft.challengeDigest);
      if (!draft.state.switches.singleUse || draft.state.requests.get(digest)?.state !== 'completed')
        return undefined;
      // No code means "already used"; Unknown is what a caller must be ready for.
      return refuse('Unknown', 'A certificate was already recorded for this challenge.');
    },
  },
];
