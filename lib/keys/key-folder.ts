/** @module The folder of key files: what is there is read, what is missing is made once, whoever comes first. */
import type { KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { link, mkdir, open, unlink } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { toHex } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import type { RandomBytes } from '../base/random.js';
import { generateKey, type KeyType } from './key-types.js';
import { parsePrivateKey } from './local-key.js';
import { encodePem, parseCertificateFile, type CertificateChain } from './pem.js';

export interface KeyFolderOptions {
  readonly folder: string;
  /** Opens encrypted key files and encrypts the ones that are made. Without it they are plain, with mode 0600. */
  readonly passphrase?: string;
  readonly random: RandomBytes;
}

/** What is there under one name. */
export interface KeyPair {
  readonly chain?: CertificateChain | undefined;
  readonly key?: KeyObject | undefined;
}

/** Names are without their ending: `ca` is `ca.pem` with `ca.key.pem`. All methods throw `ERR_CONFIG` for bad files. */
export interface KeyFolder {
  /** For messages. */
  pathOf(name: string): string;
  readCertificates(name: string): CertificateChain | undefined;
  /** A key is made before its certificate and read after it: a certificate alone has lost its key. */
  readPair(name: string): KeyPair;
  /** Makes the key unless it is there; of two processes that do, both get the key of one. */
  ensureKey(name: string, type: KeyType): Promise<KeyObject>;
  /** The same for a certificate; `make` gives DER. */
  ensureCertificates(name: string, make: () => Promise<Uint8Array>): Promise<CertificateChain>;
}

export function createKeyFolder({ folder, passphrase, random }: KeyFolderOptions): KeyFolder {
  const certificatePath = (name: string) => join(folder, `${name}.pem`);
  const keyPath = (name: string) => join(folder, `${name}.key.pem`);

  function readCertificates(name: string): CertificateChain | undefined {
    const content = readIfThere(certificatePath(name));
    return content && parseCertificateFile(content, certificatePath(name));
  }

  function readKey(name: string): KeyObject | undefined {
    const path = keyPath(name);
    const content = readIfThere(path);
    if (!content) return undefined;
    const pem = content.toString('latin1');
    if (!pem.includes('ENCRYPTED')) assertPrivate(path);
    return parsePrivateKey(pem, path, passphrase);
  }

  return {
    pathOf: certificatePath,
    readCertificates,
    readPair(name) {
      const chain = readCertificates(name);
      return { chain, key: readKey(name) };
    },
    async ensureKey(name, type) {
      const found = readKey(name);
      if (found) return found;
      const pem = exportKey(await generateKey(type), passphrase);
      await createOnce(keyPath(name), pem, 0o600, random);
      return mustExist(readKey(name), keyPath(name));
    },
    async ensureCertificates(name, make) {
      const found = readCertificates(name);
      if (found) return found;
      await createOnce(certificatePath(name), encodePem('CERTIFICATE', await make()), 0o644, random);
      return mustExist(readCertificates(name), certificatePath(name));
    },
  };
}

/** A few small files of this machine: to wait for each in turn takes a start longer than to read them all. */
function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined;
    throw new SkepError('ERR_CONFIG', { detail: `${path} cannot be read`, cause });
  }
}

/** A plain private key that others may read is refused. Windows keeps no such mode. */
function assertPrivate(path: string): void {
  const { mode } = statSync(path);
  if ((mode & 0o077) === 0 || platform() === 'win32') return;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  throw new SkepError('ERR_CONFIG', {
    detail: `${path} is a private key that others can read (mode ${octal}); run: chmod 600 ${path}`,
  });
}

/** Writes the whole file under another name, then links it: it appears complete, and only if nobody was faster. */
async function createOnce(path: string, text: string, mode: number, random: RandomBytes): Promise<void> {
  const temporary = `${path}.${toHex(random(8))}.tmp`;
  try {
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, path).finally(() => unlink(temporary));
  } catch (cause) {
    if (isCode(cause, 'EEXIST')) return;
    throw new SkepError('ERR_CONFIG', { detail: `${path} cannot be written`, cause });
  }
}

function exportKey(key: KeyObject, passphrase: string | undefined): string {
  const protection = passphrase ? { cipher: 'aes-256-cbc', passphrase } : {};
  return key.export({ format: 'pem', type: 'pkcs8', ...protection }).toString();
}

function mustExist<T>(value: T | undefined, path: string): T {
  if (!value) throw new SkepError('ERR_CONFIG', { detail: `${path} was removed while it was made` });
  return value;
}

const isCode = (thrown: unknown, code: string): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code;
