/** What the tests of the CRL publisher share: instances that publish into one world, and what they published. */
import type { Authority } from '../../../lib/keys/authority.js';
import { parseCrl } from '../../../lib/pki/crl-reader.js';
import { readElement } from '../../../lib/pki/der.js';
import { createCrlPublisher, type CrlSettings } from '../../../lib/revocation/crl-publisher.js';
import { crlPath, type CrlKind } from '../../../lib/revocation/published-crls.js';
import { createMemoryStore, type MemoryStore } from '../../../dev/memory-store.js';
import { openssl } from '../../support/openssl.js';
import type { TestAuthority } from '../../support/test-authority.js';
import {
  createTestClock,
  createTestLogger,
  createTestPublications,
  type TestClock,
  type TestPublications,
} from './fixtures.js';

export interface World {
  readonly clock: TestClock;
  readonly store: MemoryStore;
  readonly publications: TestPublications;
}

export function createWorld(): World {
  const clock = createTestClock();
  return { clock, store: createMemoryStore(), publications: createTestPublications(clock) };
}

/** One instance; several of them may share a world. */
export function instance(
  world: World,
  ca: TestAuthority,
  settings: Partial<CrlSettings> = {},
  authority = ca.authority,
) {
  const { logger, lines } = createTestLogger();
  const publisher = createCrlPublisher({
    authority: () => Promise.resolve(authority),
    revoked: world.store,
    publications: world.publications,
    clock: world.clock,
    logger,
    publicUrl: 'http://skep.test',
    settings,
  });
  return { ...publisher, lines };
}

/** The authority, with something that happens before its key signs. */
export function signingAfter({ authority }: TestAuthority, before: () => Promise<unknown>): Authority {
  const { issuer } = authority;
  const sign: Authority['issuer']['signer']['sign'] = async (data, algorithm) => {
    await before();
    return issuer.signer.sign(data, algorithm);
  };
  return { ...authority, issuer: { ...issuer, signer: { ...issuer.signer, sign } } };
}

/** What is published. Both kinds lie in one document, the complete one first. */
export function document(world: World, ca: TestAuthority, kind: CrlKind = 'complete'): Uint8Array {
  const stored = world.publications.publications.get(crlPath(ca.issuerId))?.document ?? new Uint8Array();
  const end = stored.length && readElement(stored).end;
  const found = kind === 'complete' ? stored.subarray(0, end) : stored.subarray(end);
  if (found.length === 0) throw new Error(`no ${kind} CRL`);
  return found;
}

export const textOf = (crl: Uint8Array) => openssl(['crl', '-inform', 'DER', '-noout', '-text'], crl);
export const numberOf = (crl: Uint8Array) => parseCrl(crl).number;
export const serialsOf = (crl: Uint8Array) =>
  [...parseCrl(crl).entries()].map(({ serialNumber }) => serialNumber);
