/** @module The captured messages of test/vectors, and the authorities that open them. */
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../dev/project-root.js';
import type { Clock } from '../../lib/base/clock.js';
import { silentLogger } from '../../lib/base/log.js';
import { systemRandom } from '../../lib/base/random.js';
import type { AuthoritySource } from '../../lib/keys/authority.js';
import { createFileAuthority } from '../../lib/keys/file.js';

export const VECTORS = join(projectRoot(), 'test', 'vectors');

/** When the messages were captured: their signers’ certificates, and the captured CAs, are valid then. */
export const CAPTURE_CLOCK: Clock = { now: () => new Date('2026-11-22T15:30:00Z') };

export interface Vector {
  /** File name without its ending, e.g. `003.micromdm.PKIOperation`. */
  readonly name: string;
  /** The client and the case, e.g. `strongswan-badpw`. */
  readonly label: string;
  readonly message: Uint8Array;
  /** The request line's target of a GET, as it was sent. */
  readonly target?: string;
}

export function readCaptures(folder: 'b-rsa-ca' | 'c-ec-ca-rsa-ra'): Vector[] {
  const files = readdirSync(join(VECTORS, folder));
  return files
    .filter((file) => file.endsWith('.req.der'))
    .map((file) => {
      const name = file.replace(/\.req\.der$/, '');
      const url = files.includes(`${name}.url.txt`)
        ? { target: readFileSync(join(VECTORS, folder, `${name}.url.txt`), 'latin1').trim() }
        : {};
      return {
        name,
        label: name.split('.')[1] ?? '',
        message: readFileSync(join(VECTORS, folder, file)),
        ...url,
      };
    });
}

export function readSynthetic(): Vector[] {
  const folder = join(VECTORS, 'f-synthetic');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.der'))
    .map((file) => {
      const name = file.replace(/\.der$/, '');
      return { name, label: name, message: readFileSync(join(folder, file)) };
    });
}

/** b: one RSA CA that opens and answers. c: an EC CA with an RSA RA. */
export function vectorAuthority(folder: 'b' | 'c'): AuthoritySource {
  const keys = mkdtempSync(join(tmpdir(), 'skep-vectors-'));
  const parts = folder === 'b' ? ['ca'] : ['ca', 'ra'];
  for (const part of parts) {
    copyFileSync(join(VECTORS, 'keys', `${folder}-${part}-cert.pem`), join(keys, `${part}.pem`));
    copyFileSync(join(VECTORS, 'keys', `${folder}-${part}-key.pem`), join(keys, `${part}.key.pem`));
    chmodSync(join(keys, `${part}.key.pem`), 0o600);
  }
  return createFileAuthority({
    folder: keys,
    mode: folder === 'b' ? 'ca' : 'ra',
    clock: CAPTURE_CLOCK,
    random: systemRandom,
    log: silentLogger,
  });
}
