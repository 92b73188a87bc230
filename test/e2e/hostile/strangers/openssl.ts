/** @module Certification requests that `openssl req` makes, with whatever a configuration can say, and `openssl cms`. */
import { execFile } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface OpensslRequest {
  readonly key: KeyObject;
  /** Lines of the sections of a configuration. */
  readonly subject: readonly string[];
  readonly attributes: readonly string[];
  readonly extensions?: readonly string[];
  /** Further sections, whole. */
  readonly sections?: string;
  /** Further arguments, e.g. `-md5`. */
  readonly args?: readonly string[];
}

/**
 * @param name of its files in the folder.
 * @returns PKCS#10, DER.
 */
export async function opensslRequest(
  folder: string,
  name: string,
  { key, subject, attributes, extensions = [], sections = '', args = [] }: OpensslRequest,
): Promise<Uint8Array> {
  const [config, keyFile] = [join(folder, `${name}.cnf`), join(folder, `${name}.key.pem`)];
  const lines = [
    '[req]',
    'prompt = no',
    'utf8 = yes',
    'string_mask = utf8only',
    'distinguished_name = subject',
    'attributes = attributes',
    ...(extensions.length > 0 ? ['req_extensions = extensions'] : []),
    '[subject]',
    ...subject,
    '[attributes]',
    ...attributes,
    '[extensions]',
    ...extensions,
    sections,
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  await writeFile(keyFile, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const command = ['req', '-new', '-config', config, '-key', keyFile, '-outform', 'DER', ...args];
  const { stdout } = await run('openssl', command, { encoding: 'buffer' });
  return new Uint8Array(stdout);
}

/** @param args of `openssl cms`; what goes in is taken as it is, what comes out is DER. */
export async function opensslCms(input: Uint8Array, ...args: readonly string[]): Promise<Uint8Array> {
  const running = run('openssl', ['cms', '-binary', '-outform', 'DER', ...args], { encoding: 'buffer' });
  running.child.stdin?.end(input);
  return new Uint8Array((await running).stdout);
}
