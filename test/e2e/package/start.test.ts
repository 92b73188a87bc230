/** Whether the package starts as it would in Azure, with the functions that it should have. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLocalHost, type LocalHost } from '../../../dev/host/host.js';
import { startLocalCloud, type LocalCloud } from '../../../dev/local-cloud.js';
import { enrollOnce } from '../../support/vault-cloud.js';
import { makePackage, type Package } from './package.js';

const FUNCTIONS = [
  'ca-certificate',
  'crl',
  'health',
  'log-head',
  'manage',
  'ocsp',
  'scep-endpoint',
  'scep-intune',
  'scep-static',
  'status',
  'timer-crl',
  'timer-directory',
  'timer-expiry',
  'timer-intune-revocations',
  'timer-issuance-log',
  'timer-outbox',
  'timer-purge',
  'timer-ra-renewal',
  'timer-sweep',
  'validation',
];

/** What a deployment has, but for addresses that lead nowhere. */
const PRODUCTION = {
  WEBSITE_HOSTNAME: 'skep-test.azurewebsites.net',
  IDENTITY_ENDPOINT: 'http://127.0.0.1:9/msi/token',
  IDENTITY_HEADER: 'x',
  AZURE_CLIENT_ID: '11111111-2222-3333-4444-555555555555',
  SKEP_HTTPS_ONLY: 'true',
  SKEP_KEYS: 'vault',
  SKEP_VAULT_URL: 'https://127.0.0.1:9/',
  SKEP_CA_KEY: 'skep-ca',
  SKEP_TABLES_URL: 'https://127.0.0.1:9/',
  SKEP_BLOBS_URL: 'https://127.0.0.1:9/',
  SKEP_TENANT_ID: '66666666-7777-8888-9999-000000000000',
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '262144',
};

/** The one that `enrollOnce` knows. */
const CHALLENGE = 'harbour-violet-2209';

const log = () => undefined;
let made: Package;

beforeAll(async () => {
  made = await makePackage();
});
afterAll(() => made.remove());

describe('with the settings of a deployment', () => {
  let host: LocalHost;
  beforeAll(async () => {
    host = await startLocalHost({ appDir: made.unpacked, port: 0, environment: PRODUCTION, log });
  });
  afterAll(() => host.close());

  it('has every function, in the programming model 4', () => {
    expect(host.functions.map(({ name }) => name)).toEqual(FUNCTIONS);
    expect(host.modelVersion).toMatch(/^4\./);
  });

  const overHttps = { headers: { 'x-forwarded-proto': 'https' } };

  it('answers over HTTPS', async () => {
    const response = await fetch(`${host.url}/manage/certificates`, overHttps);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('SKEP_API_AUDIENCE');
  });

  it.each([
    '/',
    '/health',
    '/certsrv/mscep/mscep.dll?operation=GetCACaps',
    '/certsrv/mscep/mscep.dll/pkiclient.exe?operation=GetCACert',
    '/static?operation=GetCACaps',
    '/scep/vpn?operation=GetCACaps',
    '/manage/certificates',
  ])('refuses plain HTTP for %s', async (path) => {
    const response = await fetch(host.url + path);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('ERR_PLAIN_HTTP');
  });

  it.each(['/ocsp/nonsense', '/crl/nonsense', '/ca/nonsense'])('takes plain HTTP for %s', async (path) => {
    const response = await fetch(host.url + path);
    expect(await response.text()).not.toContain('ERR_PLAIN_HTTP');
    expect(response.status).not.toBe(403);
  });
});

it('issues a certificate with a key in the vault', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'skep-package-'));
  let cloud: LocalCloud | undefined;
  try {
    const environment = { SKEP_KEYS: 'vault', SKEP_STATIC_CHALLENGE: CHALLENGE };
    cloud = await startLocalCloud({
      port: 0,
      simulatorPort: 0,
      dataDir,
      environment,
      appDir: made.unpacked,
      log,
    });
    const certificate = await enrollOnce(cloud, 'CN=packaged');
    expect(certificate.subject).toBe('CN=packaged');
  } finally {
    await cloud?.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});

describe('the files that are loaded later', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skep-later-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are not touched for GetCACert with keys in files', async () => {
    const appDir = join(folder, 'app');
    await cp(made.unpacked, appDir, { recursive: true });
    const dist = join(appDir, 'dist');
    const others = (await readdir(dist)).filter((name) => name !== 'main.cjs');
    await Promise.all(others.map((name) => rm(join(dist, name))));
    const environment = {
      SKEP_PUBLIC_URL: 'http://skep.test',
      SKEP_KEYS: 'file',
      SKEP_KEYS_FOLDER: join(folder, 'keys'),
      SKEP_STORAGE_CONNECTION: 'UseDevelopmentStorage=true',
      SKEP_STATIC_CHALLENGE: CHALLENGE,
      SKEP_INTUNE: 'false',
    };
    const host = await startLocalHost({ appDir, port: 0, environment, log });
    try {
      const response = await fetch(`${host.url}/static?operation=GetCACert`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/x-x509-ca-ra-cert');
    } finally {
      await host.close();
    }
  });

  it('are there for the first enrollments, however many come at once', async () => {
    const cloud = await startLocalCloud({
      port: 0,
      simulatorPort: 0,
      dataDir: folder,
      environment: { SKEP_STATIC_CHALLENGE: CHALLENGE },
      appDir: made.unpacked,
      log,
    });
    try {
      const subjects = ['CN=one', 'CN=two', 'CN=three'];
      const issued = await Promise.all(subjects.map((subject) => enrollOnce(cloud, subject)));
      expect(issued.map(({ subject }) => subject)).toEqual(subjects);
    } finally {
      await cloud.close();
    }
  });
});

describe('a package that is broken where nobody looks', () => {
  const broken = async (change: (bundle: string) => string): Promise<unknown> => {
    const folder = await mkdtemp(join(tmpdir(), 'skep-broken-'));
    try {
      await cp(made.unpacked, folder, { recursive: true });
      const bundle = join(folder, 'dist/main.cjs');
      await writeFile(bundle, change(await readFile(bundle, 'utf8')));
      return await startLocalHost({ appDir: folder, port: 0, environment: PRODUCTION, log });
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  it('does not start without functions', async () => {
    await expect(broken(() => '')).rejects.toMatchObject({ code: 'ERR_HOST_NO_FUNCTIONS' });
  });

  it('does not start when the library is not the worker’s', async () => {
    await expect(
      broken((text) => text.replaceAll('require("@azure/functions-core")', 'require("./functions-core")')),
    ).rejects.toMatchObject({ code: 'ERR_HOST_NO_FUNCTIONS' });
  });

  it('does not start when its entry throws', async () => {
    await expect(broken((text) => `throw new Error("broken");${text}`)).rejects.toMatchObject({
      code: 'ERR_HOST_LOAD',
    });
  });
});
