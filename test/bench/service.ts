/**
 * @module What is measured: the SCEP handler with every check on, but validation by a fixed challenge, the store in
 * memory, and neither journal nor log kept.
 */
import { MESSAGE_LIMITS } from '../../lib/enrollment/limits.js';
import type { Endpoint, EnrollmentService } from '../../lib/enrollment/service.js';
import { systemClock } from '../../lib/base/clock.js';
import { silentLogger } from '../../lib/base/log.js';
import { systemRandom } from '../../lib/base/random.js';
import { createScepHandler, type ScepHandler } from '../../lib/http/scep.js';
import type { Authority } from '../../lib/keys/authority.js';
import { createMemoryStore, type MemoryStore } from '../../dev/memory-store.js';
import { staticEndpoint } from '../support/test-service.js';

export interface BenchService {
  readonly handle: ScepHandler;
  readonly store: MemoryStore;
}

/** Clear its store, and prepared requests are new to it. */
export function createBenchService(authority: Authority): BenchService {
  const source = () => Promise.resolve(authority);
  const store = createMemoryStore();
  const service: EnrollmentService = {
    authority: source,
    store,
    currentCrl: () => Promise.reject(new Error('no CRL is asked for here')),
    announceRevocation: () => undefined,
    journal: { record: () => Promise.resolve() },
    limits: MESSAGE_LIMITS,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  };
  const endpoint: Endpoint = staticEndpoint({ authority: source, certificates: store, clock: systemClock });
  const handle = createScepHandler(service, new Map([[endpoint.name, endpoint]]), {
    maxBodyBytes: 262_144,
    maxConcurrent: 64,
    chain: 'issuer',
  });
  return { handle, store };
}
