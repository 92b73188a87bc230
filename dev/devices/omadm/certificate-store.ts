/** @module The device's certificates, and the CertificateStore CSP that shows them to the server. */
import { toBase64 } from '../../../lib/base/bytes.js';
import type { Clock } from '../../../lib/base/clock.js';
import type { Certificate } from '../../scep-client/index.js';
import { DM_STATUS } from '../../syncml/status-codes.js';
import { children, found, outcome, type Csp, type NodePath, type Outcome } from './node.js';
import type { Scope } from './paths.js';

export interface StoredCertificate {
  readonly scope: Scope;
  /** The node under which it was enrolled. */
  readonly uniqueId: string;
  readonly certificate: Certificate;
}

export interface CertificateStore {
  /** Takes the place of the certificate that the same node had. */
  install(entry: StoredCertificate): void;
  /** @returns what was removed. */
  remove(wanted: (entry: StoredCertificate) => boolean): StoredCertificate[];
  find(scope: Scope, thumbprint: string): StoredCertificate | undefined;
  list(): readonly StoredCertificate[];
  /** Whether the certificate is there and its time is not over. */
  isUsable(scope: Scope, thumbprint: string): boolean;
  snapshot(): () => void;
}

export function createCertificateStore(clock: Clock): CertificateStore {
  let entries: readonly StoredCertificate[] = [];
  const find = (scope: Scope, thumbprint: string) =>
    entries.find((entry) => entry.scope === scope && entry.certificate.thumbprint === thumbprint);
  return {
    install(entry) {
      const others = entries.filter(
        ({ scope, uniqueId }) => scope !== entry.scope || uniqueId !== entry.uniqueId,
      );
      entries = [...others, entry];
    },
    remove(wanted) {
      const removed = entries.filter(wanted);
      entries = entries.filter((entry) => !removed.includes(entry));
      return removed;
    },
    find,
    list: () => entries,
    isUsable(scope, thumbprint) {
      const entry = find(scope, thumbprint);
      return entry !== undefined && entry.certificate.notAfter > clock.now();
    },
    snapshot() {
      const before = entries;
      return () => {
        entries = before;
      };
    },
  };
}

/** Name of the personal store below `MY`, by scope. */
const STORES = { Device: 'System', User: 'User' } as const satisfies Record<Scope, string>;

export function createCertificateStoreCsp(store: CertificateStore): Csp {
  return {
    root: 'Vendor/MSFT/CertificateStore/MY',
    handle(verb, path) {
      const [storeName, thumbprint, leaf, ...rest] = path.segments;
      if (verb !== 'Get' && !(verb === 'Delete' && thumbprint !== undefined && leaf === undefined))
        return outcome(DM_STATUS.notAllowed);
      if (storeName === undefined) return children([STORES[path.scope]]);
      if (storeName !== STORES[path.scope] || rest.length > 0) return outcome(DM_STATUS.notFound);
      return verb === 'Get' ? read(store, path) : removeOne(store, path);
    },
  };
}

function read(store: CertificateStore, { scope, segments }: NodePath): Outcome {
  const [, thumbprint, leaf] = segments;
  if (thumbprint === undefined) {
    const own = store.list().filter((entry) => entry.scope === scope);
    return children(own.map(({ certificate }) => certificate.thumbprint));
  }
  const entry = store.find(scope, thumbprint.toUpperCase());
  if (!entry) return outcome(DM_STATUS.notFound);
  if (leaf === undefined) return children(['EncodedCertificate']);
  return leaf === 'EncodedCertificate'
    ? found('chr', toBase64(entry.certificate.der))
    : outcome(DM_STATUS.notFound);
}

function removeOne(store: CertificateStore, { scope, segments }: NodePath): Outcome {
  const thumbprint = segments[1]?.toUpperCase();
  const removed = store.remove(
    (entry) => entry.scope === scope && entry.certificate.thumbprint === thumbprint,
  );
  return outcome(removed.length > 0 ? DM_STATUS.ok : DM_STATUS.notFound);
}
