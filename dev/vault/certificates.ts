/** @module Certificates of the issuer Unknown: create, pending, merge, versions; and the secrets that hold their keys. */
import { createHash, createPublicKey, randomUUID, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { context, integer, sequence } from '../../lib/pki/der.js';
import { encodeName } from '../../lib/pki/name.js';
import { encodeSigned } from '../../lib/pki/tbs-certificate.js';
import type { KeyStore, KeyStoreOptions } from './keys.js';
import { encodeBase64Url, objectOf, textOf, VaultFault } from './messages.js';
import { privateKeyOf, type PendingCertificate, type StoredCertificate } from './state.js';

export interface CertificateStoreOptions extends KeyStoreOptions {
  readonly keys: KeyStore;
}

type Body = Readonly<Record<string, unknown>>;

/** Every method gives the body of the answer and throws VaultFault. */
export interface CertificateStore {
  create(name: string, body: Body): unknown;
  pending(name: string): unknown;
  /** Ends the operation that is under way; its version stays unfinished. */
  cancel(name: string): unknown;
  merge(name: string, body: Body): unknown;
  get(name: string, version: string): unknown;
  versions(name: string): unknown;
  update(name: string, version: string, body: Body): unknown;
  secret(name: string, version: string): unknown;
  /** Puts it away with all versions; the name stays taken. @returns the bundle of the newest version. */
  remove(name: string): unknown;
  recover(name: string): unknown;
}

export function createCertificateStore({ state, keys, url, now }: CertificateStoreOptions): CertificateStore {
  const idOf = (name: string, version: string) => `${url()}/certificates/${name}/${version}`;

  function find(name: string, version: string): StoredCertificate {
    const versions = state.certificates[name] ?? [];
    const finished = versions.findLast(({ certificates }) => certificates.length > 0);
    const found = version
      ? versions.find((certificate) => certificate.version === version)
      : (finished ?? versions.at(-1));
    if (!found)
      throw new VaultFault(
        404,
        'CertificateNotFound',
        `A certificate with (name/id) ${name} was not found in this key vault.`,
      );
    return found;
  }

  function findPending(name: string): PendingCertificate {
    const found = state.pending[name];
    if (!found)
      throw new VaultFault(404, 'PendingCertificateNotFound', `Pending certificate not found: ${name}`);
    return found;
  }

  const attributesOf = (certificate: StoredCertificate) => {
    const x509 = parsed(certificate);
    return {
      enabled: certificate.enabled,
      created: certificate.created,
      updated: certificate.updated,
      ...(x509 ? { nbf: seconds(x509.validFrom), exp: seconds(x509.validTo) } : {}),
      recoveryLevel: 'Recoverable',
      recoverableDays: 90,
    };
  };

  const thumbprint = ({ certificates: [der] }: StoredCertificate) =>
    der ? { x5t: encodeBase64Url(createHash('sha1').update(Buffer.from(der, 'base64')).digest()) } : {};

  const bundle = (name: string, certificate: StoredCertificate) => ({
    id: idOf(name, certificate.version),
    kid: `${url()}/keys/${name}/${certificate.version}`,
    sid: `${url()}/secrets/${name}/${certificate.version}`,
    ...thumbprint(certificate),
    ...(certificate.certificates[0] ? { cer: certificate.certificates[0] } : {}),
    attributes: attributesOf(certificate),
    policy: {
      id: `${url()}/certificates/${name}/policy`,
      key_props: { exportable: certificate.exportable, kty: 'RSA', key_size: 2048, reuse_key: false },
      secret_props: { contentType: certificate.contentType },
      issuer: { name: 'Unknown' },
    },
  });

  const operation = (name: string, { requestId, csr }: PendingCertificate, cancelled = false) => ({
    id: `${url()}/certificates/${name}/pending`,
    issuer: { name: 'Unknown' },
    csr,
    cancellation_requested: cancelled,
    status: cancelled ? 'cancelled' : 'inProgress',
    status_details: 'Pending certificate created. Please Perform Merge to complete the request.',
    request_id: requestId,
  });

  return {
    create(name, body) {
      if (state.deleted[name])
        throw new VaultFault(
          409,
          'Conflict',
          `Certificate ${name} is currently in a deleted but recoverable state, and its name cannot be reused.`,
          {},
          'ObjectIsDeletedButRecoverable',
        );
      if (state.pending[name])
        throw new VaultFault(
          409,
          'Conflict',
          "A new key vault certificate can not be created or imported while a pending key vault certificate's status is inProgress.",
        );
      const policy = objectOf(body, 'policy');
      const properties = objectOf(policy, 'key_props');
      if (objectOf(policy, 'issuer')['name'] !== 'Unknown' || properties['kty'] !== 'RSA')
        throw new VaultFault(
          400,
          'BadParameter',
          'The simulator makes RSA certificates of the issuer Unknown only.',
        );
      const exportable = properties['exportable'] !== false;
      const key = keys.create(name, {
        kty: 'RSA',
        size: Number(properties['key_size'] ?? 2048),
        operations: ['sign', 'verify', 'encrypt', 'decrypt', 'wrapKey', 'unwrapKey'],
      });
      const subject = textOf(objectOf(policy, 'x509_props'), 'subject');
      if (!WINDOWS_NAME.test(subject))
        throw new VaultFault(
          400,
          'BadParameter',
          'Property policy.x509_props has invalid value. Invalid X.500 distinguished name.',
        );
      (state.certificates[name] ??= []).push({
        version: key.version,
        enabled: false,
        created: now(),
        updated: now(),
        exportable,
        contentType: textOf(objectOf(policy, 'secret_props'), 'contentType'),
        certificates: [],
      });
      const csr = Buffer.from(makeRequest(subject, privateKeyOf(key))).toString('base64');
      const pending = { version: key.version, requestId: randomUUID().replaceAll('-', ''), csr };
      state.pending[name] = pending;
      return operation(name, pending);
    },
    pending: (name) => operation(name, findPending(name)),
    cancel(name) {
      const found = findPending(name);
      state.pending = Object.fromEntries(Object.entries(state.pending).filter(([other]) => other !== name));
      return operation(name, found, true);
    },
    merge(name, body) {
      const { version } = findPending(name);
      const merged = (body['x5c'] as readonly string[] | undefined) ?? [];
      const [first] = merged;
      const key = createPublicKey(privateKeyOf(keys.find(name, version)));
      if (!first || !new X509Certificate(Buffer.from(first, 'base64')).publicKey.equals(key))
        throw new VaultFault(
          400,
          'BadParameter',
          'Public key of x5c is not matching with the pending certificate.',
        );
      const certificate = find(name, version);
      certificate.certificates = [...merged];
      certificate.enabled = true;
      certificate.updated = now();
      state.pending = Object.fromEntries(Object.entries(state.pending).filter(([other]) => other !== name));
      return bundle(name, certificate);
    },
    get: (name, version) => bundle(name, find(name, version)),
    versions: (name) => ({
      value: (state.certificates[name] ?? []).map((certificate) => ({
        id: idOf(name, certificate.version),
        ...thumbprint(certificate),
        attributes: attributesOf(certificate),
      })),
      nextLink: null,
    }),
    update(name, version, body) {
      const certificate = find(name, version);
      const enabled = objectOf(body, 'attributes')['enabled'];
      if (typeof enabled === 'boolean') certificate.enabled = enabled;
      certificate.updated = now();
      return bundle(name, certificate);
    },
    remove(name) {
      const newest = find(name, '');
      state.deleted[name] = state.certificates[name] ?? [];
      Reflect.deleteProperty(state.certificates, name);
      return { ...bundle(name, newest), recoveryId: `${url()}/deletedcertificates/${name}` };
    },
    recover(name) {
      const versions = state.deleted[name];
      if (!versions)
        throw new VaultFault(404, 'CertificateNotFound', `Deleted Certificate not found: ${name}`);
      state.certificates[name] = versions;
      Reflect.deleteProperty(state.deleted, name);
      return bundle(name, find(name, ''));
    },
    secret(name, version) {
      const certificate = find(name, version);
      if (!certificate.enabled)
        throw new VaultFault(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.');
      if (certificate.contentType !== 'application/x-pem-file')
        throw new VaultFault(501, 'NotSimulated', 'The simulator keeps certificates as PEM only.');
      const key = certificate.exportable ? keys.find(name, certificate.version).pem : '';
      return {
        value: key + certificate.certificates.map((der) => pemOf(der)).join(''),
        contentType: certificate.contentType,
        id: `${url()}/secrets/${name}/${certificate.version}`,
        kid: `${url()}/keys/${name}/${certificate.version}`,
        managed: true,
        attributes: attributesOf(certificate),
      };
    },
  };
}

const parsed = ({ certificates: [der] }: StoredCertificate): X509Certificate | undefined =>
  der ? new X509Certificate(Buffer.from(der, 'base64')) : undefined;

const seconds = (text: string): number => Math.floor(Date.parse(text) / 1000);

const pemOf = (base64: string): string =>
  `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;

/** A common name as Windows reads names: special characters stand in quotes, and a backslash escapes nothing. */
const WINDOWS_NAME = /^CN=(?:[^",+=<>#;\n]+|"(?:[^"]|"")+")$/;

/** PKCS#10 without attributes: its reader wants the key. */
function makeRequest(subject: string, key: KeyObject): Uint8Array {
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const info = sequence(integer(0), encodeName(subject), publicKey, context(0));
  return encodeSigned(info, 'RS256', sign('sha256', info, key));
}
