/** @module What profiles are to be made of: the app, its CA, and what the options chose. */
import { describe, type ProfileDraft } from './draft.js';
import { PLATFORMS, type Kind, type PlatformName, type ScepTrust } from './platforms.js';
import type { Validity } from './values.js';

export interface WifiNetwork {
  readonly ssid: string;
  /** Names that the RADIUS server's certificate may have; one or more. */
  readonly radiusServers: readonly string[];
  /** DER of the root above the RADIUS server's certificate; absent: our own root. */
  readonly radiusRoot: Uint8Array | undefined;
}

/** DER: the CA that issues, whatever is above it, the root. One certificate where the root issues. */
export type CaChain = readonly [Uint8Array, ...Uint8Array[]];

export interface ProfileRequest {
  /** Without a slash at its end. */
  readonly appUrl: string;
  readonly scepUrl: string;
  readonly chain: CaChain;
  /** Of the CA that follows, once it is announced. */
  readonly next: CaChain | undefined;
  readonly platforms: readonly PlatformName[];
  readonly kinds: readonly Kind[];
  readonly namePrefix: string;
  /** Replaces the tables' values. */
  readonly validity: Validity | undefined;
  readonly thresholdPercent: number | undefined;
  readonly scepTrust: ScepTrust | undefined;
  readonly wifi: WifiNetwork | undefined;
}

/** Name, description and type, as every draft has them. */
export function identify(
  { appUrl, namePrefix }: ProfileRequest,
  platform: PlatformName,
  role: keyof (typeof PLATFORMS)[PlatformName]['types'],
  key: string,
  title: string,
): Pick<ProfileDraft, 'key' | 'displayName' | 'description' | 'type'> {
  const { title: platformTitle, types } = PLATFORMS[platform];
  return {
    key,
    displayName: `${namePrefix} ${platformTitle}: ${title}`,
    description: describe(key, appUrl),
    type: types[role],
  };
}
