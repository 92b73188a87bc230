/** @module Publications in memory, for tests of what publishes. They pass the contract suite of the real ones. */
import type { Clock } from '../../lib/base/clock.js';
import { SkepError } from '../../lib/base/errors.js';
import type { Publication, PublicationStore } from '../../lib/store/store.js';

export interface MemoryPublications extends PublicationStore {
  /** What is there, by name. */
  readonly publications: ReadonlyMap<string, Publication>;
}

export function createMemoryPublications(clock: Clock): MemoryPublications {
  const publications = new Map<string, Publication>();
  let writes = 0;
  return {
    publications,
    async put(name, document, _contentType, replaces) {
      await Promise.resolve();
      const there = publications.get(name)?.version ?? 'none';
      if (replaces !== undefined && replaces !== there)
        throw new SkepError('ERR_STORE_CONFLICT', { detail: name });
      publications.set(name, {
        document: Buffer.from(document),
        modifiedAt: clock.now(),
        version: `v${++writes}`,
      });
    },
    async get(name) {
      await Promise.resolve();
      return publications.get(name);
    },
  };
}
