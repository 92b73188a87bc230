/** @module Key Vault's REST API, as far as the SDKs use it here: which request is which operation. */
import type { CertificateStore } from './certificates.js';
import type { KeyStore } from './keys.js';
import type { VaultReply, VaultRequest } from './messages.js';
import type { OperationName } from './meter.js';

interface Stores {
  readonly keys: KeyStore;
  readonly certificates: CertificateStore;
}

type Handler = (stores: Stores, name: string, version: string, request: VaultRequest) => VaultReply;

interface Route {
  readonly method: string;
  /** Groups: name, then version. */
  readonly path: RegExp;
  readonly operation: OperationName;
  readonly handle: Handler;
}

const ok = (body: unknown, status = 200): VaultReply => ({ status, body });

const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/keys\/([^/]+)(?:\/([^/]*))?$/,
    operation: 'getKey',
    handle: ({ keys }, name, version) => ok(keys.bundle(name, keys.find(name, version))),
  },
  {
    method: 'POST',
    path: /^\/keys\/restore$/,
    operation: 'restoreKey',
    handle: ({ keys }, _name, _version, { body }) => ok(keys.restore(body)),
  },
  {
    method: 'POST',
    path: /^\/keys\/([^/]+)\/create$/,
    operation: 'createKey',
    handle: ({ keys }, name, _version, { body }) => ok(keys.createFrom(name, body)),
  },
  {
    method: 'POST',
    path: /^\/keys\/([^/]+)\/backup$/,
    operation: 'backupKey',
    handle: ({ keys }, name) => ok(keys.backup(name)),
  },
  {
    method: 'POST',
    path: /^\/keys\/([^/]+)\/([^/]*)\/sign$/,
    operation: 'sign',
    handle: ({ keys }, name, version, { body }) => keys.sign(name, version, body),
  },
  {
    method: 'POST',
    path: /^\/keys\/([^/]+)\/([^/]*)\/decrypt$/,
    operation: 'decrypt',
    handle: ({ keys }, name, version, { body }) => keys.decrypt(name, version, body),
  },
  {
    method: 'POST',
    path: /^\/certificates\/([^/]+)\/create$/,
    operation: 'createCertificate',
    handle: ({ certificates }, name, _version, { body }) => ok(certificates.create(name, body), 202),
  },
  {
    method: 'GET',
    path: /^\/certificates\/([^/]+)\/pending$/,
    operation: 'getPending',
    handle: ({ certificates }, name) => ok(certificates.pending(name)),
  },
  {
    method: 'DELETE',
    path: /^\/certificates\/([^/]+)\/pending$/,
    operation: 'deletePending',
    handle: ({ certificates }, name) => ok(certificates.cancel(name)),
  },
  {
    method: 'POST',
    path: /^\/certificates\/([^/]+)\/pending\/merge$/,
    operation: 'mergeCertificate',
    handle: ({ certificates }, name, _version, { body }) => ok(certificates.merge(name, body), 201),
  },
  {
    method: 'DELETE',
    path: /^\/certificates\/([^/]+)$/,
    operation: 'deleteCertificate',
    handle: ({ certificates }, name) => ok(certificates.remove(name)),
  },
  {
    method: 'POST',
    path: /^\/deletedcertificates\/([^/]+)\/recover$/,
    operation: 'recoverCertificate',
    handle: ({ certificates }, name) => ok(certificates.recover(name)),
  },
  {
    method: 'GET',
    path: /^\/certificates\/([^/]+)\/versions$/,
    operation: 'listCertificateVersions',
    handle: ({ certificates }, name) => ok(certificates.versions(name)),
  },
  {
    method: 'GET',
    path: /^\/certificates\/([^/]+)(?:\/([^/]*))?$/,
    operation: 'getCertificate',
    handle: ({ certificates }, name, version) => ok(certificates.get(name, version)),
  },
  {
    method: 'PATCH',
    path: /^\/certificates\/([^/]+)\/([^/]+)$/,
    operation: 'updateCertificate',
    handle: ({ certificates }, name, version, { body }) => ok(certificates.update(name, version, body)),
  },
  {
    method: 'GET',
    path: /^\/secrets\/([^/]+)(?:\/([^/]*))?$/,
    operation: 'getSecret',
    handle: ({ certificates }, name, version) => ok(certificates.secret(name, version)),
  },
];

export interface MatchedRoute {
  readonly operation: OperationName;
  run(): VaultReply;
}

export function matchRoute(stores: Stores, request: VaultRequest): MatchedRoute | undefined {
  for (const { method, path, operation, handle } of ROUTES) {
    const found = method === request.method ? path.exec(request.path) : null;
    if (!found) continue;
    const [, name = '', version = ''] = found.map((part) => decodeURIComponent(part));
    return { operation, run: () => handle(stores, name, version, request) };
  }
  return undefined;
}
