/** @module What a phone or a Mac is given, and what comes of its one attempt. */
import type { KeyObject } from 'node:crypto';
import { systemClock, type Clock } from '../../lib/base/clock.js';
import { systemRandom, type RandomBytes } from '../../lib/base/random.js';
import { generateRsaKey, type EnrollResult, type Fetch, type KeyUsage } from '../scep-client/index.js';
import type { MobileProfile } from './mobile-profile.js';

export interface MobileDeviceOptions {
  /** Default: the global fetch. */
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  readonly random?: RandomBytes;
  /** Where keys come from. Default: they are generated. */
  readonly keys?: (modulusBits: number) => Promise<KeyObject>;
  /** Apple only. Default `auto`: POST where it is offered. */
  readonly method?: 'auto' | 'GET';
}

export interface MobileDevice {
  /** Asks for the certificate once. @throws {ScepClientError} for everything but a signed answer. */
  enroll(profile: MobileProfile): Promise<EnrollResult>;
}

export const withDefaults = ({
  fetch = globalThis.fetch,
  clock = systemClock,
  random = systemRandom,
  keys = generateRsaKey,
  method = 'auto',
}: MobileDeviceOptions): Required<MobileDeviceOptions> => ({ fetch, clock, random, keys, method });

/** The two usages that a SCEP profile of Intune knows. */
export const keyUsages = (mask: number): KeyUsage[] => [
  ...((mask & 0x80) !== 0 ? (['digitalSignature'] as const) : []),
  ...((mask & 0x20) !== 0 ? (['keyEncipherment'] as const) : []),
];
